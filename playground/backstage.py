"""Wires together the workspace and everything that serves it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from playground.config import PlaygroundConfig
from playground.sending.answers import Answers
from playground.sending.deliveries import Deliveries
from playground.sending.event_stream import EventStream
from playground.sending.installed_app import InstalledApp
from playground.sending.interactions import Interactions
from playground.sending.payloads import Payloads
from playground.sending.shapes import Shapes
from playground.sending.socket_mode import SocketHub
from playground.state import workspace_file
from playground.state.records import Json, Message, Person
from playground.state.rooms import Rooms
from playground.state.screens import Screens
from playground.state.triggers import ResponseUrls, Triggers
from playground.virtual_time import VirtualTime
from playground.web.faults import Faults
from playground.web.rates import Rates

#: The ID of the app's bot user, the same in every run.
BOT_USER = "UAPP00001"


class Backstage:
    """The parts by name. `reset` rebuilds them, so do not keep a reference to one."""

    def __init__(self, config: PlaygroundConfig, calls_per_minute: dict[str, int]) -> None:
        self.config = config
        self.manifest = config.manifest
        self.clock = VirtualTime(config.clock_file)
        self.faults = Faults()
        self.rates = Rates(self.clock, calls_per_minute)
        self.app = InstalledApp(BOT_USER, self.manifest.name, config.bot_token, config.app_token)
        self.sockets = SocketHub(self.app.app_id)
        self.url = "http://127.0.0.1/"
        self.closing = asyncio.Event()
        """Set when the playground ends, so that deliberately hanging calls end too."""
        self.build()

    def build(self) -> None:
        """Build an empty or loaded workspace, with nothing left of an earlier one."""
        config = self.config
        self.workspace = workspace_file.build(self.clock, config.workspace or {})
        self.workspace.add_person(
            Person(self.app.user_id, _handle(self.app.name), self.app.name, is_bot=True)
        )
        self.shapes = Shapes(self.workspace, self.app)
        self.deliveries = Deliveries(config, self.workspace, self.sockets)
        self.events = EventStream(
            self.workspace, self.app, self.manifest, self.shapes, self.deliveries.send_event
        )
        self.rooms = Rooms(self.workspace, self.shapes, self.events)
        self.screens = Screens(self.workspace)
        self.triggers = Triggers(self.clock, self.workspace.team_id, config.trigger_lifetime)
        self.responses = ResponseUrls(self.clock, config.response_url_lifetime)
        self.responses.base = self.url.rstrip("/")
        payloads = Payloads(self.workspace, self.app, self.shapes, self.triggers, self.responses)
        self.answers = Answers(self.workspace, self.app, self.rooms, self.responses)
        self.interactions = Interactions(
            self.workspace,
            self.manifest,
            self.rooms,
            self.screens,
            payloads,
            self.answers,
            self.deliveries,
        )

    async def reset(self, workspace: Json | None = None) -> None:
        """Start the workspace over. Listeners stay, and are told to reload."""
        if workspace is not None:
            workspace_file.check(workspace)
        await self.deliveries.close()
        feed = self.workspace.events
        if workspace is not None:
            self.config = replace(self.config, workspace=workspace)
        self.app.revoked = False
        self.faults.clear()
        self.build()
        self.workspace.events = feed
        self.workspace.tell("reset")

    def listens_at(self, host: str, port: int) -> None:
        """Set the playground's own addresses. They are known only once the port is bound."""
        self.url = f"http://{host}:{port}/"
        self.responses.base = f"http://{host}:{port}"
        self.sockets.base = f"ws://{host}:{port}"

    def set_app_url(self, app_url: str | None) -> None:
        """Set the URL where the app listens from now on."""
        self.config = replace(self.config, app_url=app_url)
        self.deliveries.config = self.config

    def permalink(self, message: Message) -> str:
        link = f"{self.url}archives/{message.channel}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
        return link

    def commands(self) -> list[Json]:
        """The manifest's slash commands: `command`, `description`, `usage_hint`."""
        return self.manifest.commands

    def message_shortcuts(self) -> list[Json]:
        """The manifest's message shortcuts: `name`, `callback_id`, `description`."""
        return self.manifest.shortcuts("message")

    def global_shortcuts(self) -> list[Json]:
        return self.manifest.shortcuts("global")

    async def close(self) -> None:
        await self.deliveries.close()


def _handle(name: str) -> str:
    return "".join(each for each in name.lower().replace(" ", "_") if each.isalnum() or each == "_")
