"""A tiny real Bolt app on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response

from playground.testing import RunningPlayground
from tests.serving import door, served

MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "private_metadata": "kept",
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {
                "type": "plain_text_input",
                "action_id": "text",
                "min_length": 3,
                "max_length": 20,
            },
        },
        {
            "type": "input",
            "block_id": "team",
            "optional": True,
            "label": {"type": "plain_text", "text": "Team"},
            "element": {
                "type": "static_select",
                "action_id": "pick",
                "options": [
                    {"text": {"type": "plain_text", "text": "Legal"}, "value": "legal"},
                    {"text": {"type": "plain_text", "text": "PR"}, "value": "pr"},
                ],
                "initial_option": {
                    "text": {"type": "plain_text", "text": "Legal"},
                    "value": "legal",
                },
            },
        },
        {
            "type": "actions",
            "block_id": "more",
            "elements": [
                {
                    "type": "button",
                    "action_id": "deeper",
                    "text": {"type": "plain_text", "text": "Deeper"},
                }
            ],
        },
    ],
}

BUTTONS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "ack",
                "value": "page-1",
                "text": {"type": "plain_text", "text": "Acknowledge"},
            },
            {"type": "users_select", "action_id": "who"},
            {
                "type": "overflow",
                "action_id": "menu",
                "options": [{"text": {"type": "plain_text", "text": "Snooze"}, "value": "s30"}],
            },
        ],
    }
]


@dataclass
class BoltApp:
    """`app` is for listeners. `heard` has the notes of a test's catch-all listeners."""

    app: AsyncApp
    web: AsyncWebClient
    url: str = ""
    heard: list[Any] = field(default_factory=list)
    told: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def note(self, what: Any) -> None:
        async with self.told:
            self.heard.append(what)
            self.told.notify_all()

    async def until_heard(self, count: int) -> list[Any]:
        """Wait for an event listener's notes. It runs after the acknowledgement."""
        async with asyncio.timeout(10), self.told:
            await self.told.wait_for(lambda: len(self.heard) >= count)
        return self.heard


def bolt_app(slack: RunningPlayground) -> BoltApp:
    web = AsyncWebClient(token="xoxb-playground", base_url=slack.api_url, retry_handlers=[])
    app = AsyncApp(
        name="beacon",  # Without one, Bolt reads the file of every module.
        token="xoxb-playground",
        signing_secret="decafbaddecafbaddecafbaddecafbad",
        client=web,
        raise_error_for_unhandled_request=False,
    )
    return BoltApp(app, web)


@contextlib.asynccontextmanager
async def running_bolt(slack: RunningPlayground) -> AsyncIterator[BoltApp]:
    made = bolt_app(slack)
    handler = AsyncSlackRequestHandler(made.app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    async with served(door("/slack/events", endpoint)) as base:
        made.url = f"{base}/slack/events"
        slack.send_to(made.url)
        yield made
