"""Runs the playground within a test's event loop."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette

from commandline.server.client_deadlines import Patience
from playground.config import PlaygroundConfig
from playground.driver import Person, until
from playground.facade import Playground
from playground.manifest import Manifest
from playground.state.records import ApiCall, Channel, Delivery, Message
from playground.web.app import create_app
from playground.web.serving import PATIENCE, serving

Found = TypeVar("Found")


class RunningPlayground:
    """A playground that listens on a loopback port."""

    def __init__(self, app: Starlette, port: int) -> None:
        self.slack: Playground = app.state.playground
        self.port = port
        self.api_url = f"http://127.0.0.1:{port}/api/"
        """The app's stand-in for `https://slack.com/api/`."""

    def person(self, id_or_name: str) -> Person:
        return Person(self.slack, id_or_name)

    def channel(self, id_or_name: str) -> Channel:
        found = self.slack.workspace.channel(id_or_name)
        if found is None:
            raise LookupError(f"there is no channel {id_or_name!r}")
        return found

    def calls(self, method: str | None = None) -> list[ApiCall]:
        log = self.slack.workspace.api_log
        return [call for call in log if method is None or call.method == method]

    def deliveries(self, type_: str | None = None) -> list[Delivery]:
        log = self.slack.workspace.delivery_log
        return [entry for entry in log if type_ is None or entry.type == type_]

    def messages(self, channel: str) -> list[Message]:
        """All messages in a channel, including ephemeral ones."""
        return self.slack.workspace.all_messages(self.channel(channel).id)

    async def until(
        self,
        look: Callable[[], Found | None],
        complaint: str = "it did not come",
        *,
        within: float = 10.0,
    ) -> Found:
        """Look again after every change of the workspace until `look` finds something."""
        return await until(self.slack, look, within, complaint)

    async def advance(self, seconds: float) -> float:
        return await self.slack.advance(seconds)

    async def settled(self) -> None:
        """Wait until every event in flight is answered or given up."""
        await self.slack.deliveries.settled()

    def send_to(self, app_url: str | None) -> None:
        """Set the request URL of an app that starts after the playground."""
        self.slack.set_app_url(app_url)


@contextlib.asynccontextmanager
async def running_playground(
    *,
    app_url: str | None = None,
    signing_secret: str = "decafbaddecafbaddecafbaddecafbad",
    bot_token: str = "xoxb-playground",
    app_token: str = "xapp-playground",
    manifest: Mapping[str, Any] | Manifest | None = None,
    workspace: Mapping[str, Any] | None = None,
    clock_file: Path | None = None,
    retry_scale: float = 1.0,
    ack_deadline: float = 3.0,
    trigger_lifetime: float = 3.0,
    response_url_lifetime: float = 1800.0,
    port: int = 0,
    allowed_hosts: frozenset[str] = frozenset(),
    patience: Patience = PATIENCE,
) -> AsyncIterator[RunningPlayground]:
    """Serve until the block ends. `app_url`: the app's request URL for all deliveries."""
    config = PlaygroundConfig(
        app_url=app_url,
        signing_secret=signing_secret,
        bot_token=bot_token,
        app_token=app_token,
        manifest=manifest if isinstance(manifest, Manifest) else Manifest(manifest or {}),
        workspace=workspace,
        clock_file=clock_file,
        retry_scale=retry_scale,
        ack_deadline=ack_deadline,
        trigger_lifetime=trigger_lifetime,
        response_url_lifetime=response_url_lifetime,
        allowed_hosts=allowed_hosts,
    )
    app = create_app(config)
    async with serving(app, app.state.playground, port=port, patience=patience) as actual:
        yield RunningPlayground(app, actual)


__all__ = ["RunningPlayground", "running_playground"]
