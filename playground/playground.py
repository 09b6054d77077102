"""The playground: a workspace, and everything that a person can do in it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from playground import workspace_file
from playground.answers import Answers
from playground.clock import Clock
from playground.config import PlaygroundConfig
from playground.deliveries import Deliveries
from playground.event_stream import EventStream
from playground.faults import FaultRule, Faults
from playground.installed_app import InstalledApp
from playground.interactions import NO_SUCH_ELEMENT, Interactions
from playground.outcomes import Choice, Filled, Outcome, Submitted
from playground.payloads import Payloads
from playground.rates import Rates
from playground.records import SLACKBOT, Channel, Json, Message, Person, View
from playground.rooms import Rooms
from playground.screens import Screens
from playground.shapes import Shapes
from playground.socket_mode import SocketHub
from playground.triggers import ResponseUrls, Triggers
from playground.typed import as_message

#: The app's bot user: the same in every run.
BOT_USER = "UAPP00001"


class Playground:
    """What the browser page, the control API and tests call. All ids are strings of Slack's form.

    Whatever goes wrong on the app's side is shown to the person as Slack shows it (an ephemeral
    note of Slackbot), and returned as an `Outcome` with `ok=False`.
    """

    slackbot = SLACKBOT

    def __init__(self, config: PlaygroundConfig, calls_per_minute: dict[str, int]) -> None:
        self.config = config
        self.manifest = config.manifest
        self.clock = Clock(config.clock_file)
        self.faults = Faults()
        self.rates = Rates(self.clock, calls_per_minute)
        self.app = InstalledApp(BOT_USER, self.manifest.name, config.bot_token, config.app_token)
        self.sockets = SocketHub(self.app.app_id)
        self.url = "http://127.0.0.1/"
        self.closing = asyncio.Event()
        """Set when the playground ends: whatever hangs on purpose lets go."""
        self.build()

    def build(self) -> None:
        """An empty or loaded workspace, with nothing left of an earlier one."""
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
        """Starts the workspace afresh; listeners stay and are told to reload."""
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
        """Known only once the port is bound."""
        self.url = f"http://{host}:{port}/"
        self.responses.base = f"http://{host}:{port}"
        self.sockets.base = f"ws://{host}:{port}"

    def set_app_url(self, app_url: str | None) -> None:
        """Where the app listens from now on."""
        self.config = replace(self.config, app_url=app_url)
        self.deliveries.config = self.config

    def permalink(self, message: Message) -> str:
        link = f"{self.url}archives/{message.channel}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
        return link

    # Talking

    async def send_message(
        self, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> Outcome:
        """As typed: `@name`, `#channel`, `@channel` become entities; a leading `/` is a command."""
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            return await self.run_command(user, channel, command, rest.strip(), thread_ts)
        room = self._room(user, channel)
        if isinstance(room, Outcome):
            return room
        parent = self.workspace.message(channel, thread_ts, user) if thread_ts else None
        if thread_ts and parent is None:
            return Outcome(False, "message_not_found")
        message = Message(
            ts=self.clock.next_ts(),
            channel=channel,
            user=user,
            text=as_message(self.workspace, text),
            thread_ts=None if parent is None else parent.thread_ts or parent.ts,
        )
        return Outcome(True, message=self.rooms.post(message))

    async def run_command(
        self, user: str, channel: str, command: str, text: str, thread_ts: str | None = None
    ) -> Outcome:
        """A slash command; `command` with its slash."""
        room = self.workspace.channels.get(channel)
        if room is None or not self.workspace.can_see(user, room):
            return Outcome(False, "channel_not_found")
        return await self.interactions.command(user, room, command, text, thread_ts)

    async def edit_message(self, user: str, channel: str, ts: str, text: str) -> Outcome:
        message = self._own(user, channel, ts)
        if message is None:
            return Outcome(False, "cant_update_message")
        self.rooms.edit(message, text=as_message(self.workspace, text))
        return Outcome(True, message=message)

    async def delete_message(self, user: str, channel: str, ts: str) -> Outcome:
        message = self._own(user, channel, ts)
        if message is None:
            return Outcome(False, "cant_delete_message")
        self.rooms.delete(message)
        return Outcome(True)

    async def share_file(self, user: str, channel: str, filename: str) -> Outcome:
        """Announces a file as Slack does; there is no content, and `files.*` is refused."""
        room = self._room(user, channel)
        if isinstance(room, Outcome):
            return room
        file_id = self.workspace.next_id("F")
        about: Json = {"id": file_id, "name": filename, "title": filename, "user": user}
        message = Message(
            ts=self.clock.next_ts(),
            channel=channel,
            user=user,
            text="",
            subtype="file_share",
            files=[about],
        )
        self.rooms.post(message)
        self.events.file_shared(room, user, file_id)
        return Outcome(True, message=message)

    # Acting on what the app shows

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        block_id: str | None,
        action_id: str,
        value: Choice = None,
        values: Filled | None = None,
    ) -> Outcome:
        """An element of a message; `value` is what was chosen (not needed for a button)."""
        message = self._visible(user, channel, ts)
        if message is None:
            return NO_SUCH_ELEMENT
        return await self.interactions.click(user, message, block_id, action_id, value, values)

    async def click_view(
        self,
        user: str,
        view_id: str,
        block_id: str | None,
        action_id: str,
        value: Choice = None,
        values: Filled | None = None,
    ) -> Outcome:
        """An element of a modal or of the home tab; `values` is the form as it stands."""
        view = self.screens.find(user, view_id)
        if view is None:
            return Outcome(False, "no_such_view")
        return await self.interactions.click_view(user, view, block_id, action_id, value, values)

    async def submit_view(self, user: str, view_id: str, values: Filled) -> Submitted:
        view = self._modal(user, view_id)
        if view is None:
            return Submitted(False, error="no_such_view")
        return await self.interactions.submit(user, view, values)

    async def close_view(self, user: str, view_id: str, *, all_views: bool = False) -> Outcome:
        view = self._modal(user, view_id)
        if view is None:
            return Outcome(False, "no_such_view")
        return await self.interactions.close(user, view, all_views=all_views)

    async def open_home(self, user: str) -> Outcome:
        """The app's home tab: the app hears of it, and publishes what it likes."""
        channel = self.workspace.open_direct_channel([self.app.user_id, user])
        home = self.workspace.home_view(user)
        shown = None if home is None else self.shapes.view(home)
        self.events.home_opened(user, channel, shown)
        return Outcome(True)

    async def shortcut_on_message(
        self, user: str, callback_id: str, channel: str, ts: str
    ) -> Outcome:
        message = self._visible(user, channel, ts)
        if message is None or message.ephemeral_to is not None:
            return Outcome(False, "message_not_found")
        return await self.interactions.message_shortcut(user, callback_id, message)

    async def global_shortcut(self, user: str, callback_id: str) -> Outcome:
        return await self.interactions.global_shortcut(user, callback_id)

    async def react(self, user: str, channel: str, ts: str, name: str) -> Outcome:
        """Adds the reaction, or takes it away when the person had it there."""
        message = self._visible(user, channel, ts)
        if message is None or message.ephemeral_to is not None:
            return Outcome(False, "message_not_found")
        if user in message.reactions.get(name, ()):
            self.rooms.unreact(message, user, name)
        else:
            self.rooms.react(message, user, name)
        return Outcome(True, message=message)

    async def pin(self, user: str, channel: str, ts: str) -> Outcome:
        """Pins, or unpins what is pinned."""
        message = self._visible(user, channel, ts)
        if message is None or message.ephemeral_to is not None:
            return Outcome(False, "message_not_found")
        if message.pinned:
            self.rooms.unpin(message, user)
        else:
            self.rooms.pin(message, user)
        return Outcome(True, message=message)

    # Channels

    async def join_channel(self, user: str, channel: str) -> Outcome:
        room = self.workspace.channels.get(channel)
        if room is None or not self.workspace.can_see(user, room):
            return Outcome(False, "channel_not_found")
        self.rooms.add_member(room, user)
        return Outcome(True)

    async def invite(self, user: str, channel: str, *others: str) -> Outcome:
        """A member brings others in, the app's bot user among them if wished."""
        room = self._room(user, channel)
        if isinstance(room, Outcome):
            return room
        for other in others:
            self.rooms.add_member(room, other, inviter=user)
        return Outcome(True)

    async def leave_channel(self, user: str, channel: str) -> Outcome:
        room = self._room(user, channel)
        if isinstance(room, Outcome):
            return room
        self.rooms.remove_member(room, user)
        return Outcome(True)

    async def archive_channel(self, user: str, channel: str) -> Outcome:
        room = self._room(user, channel)
        if isinstance(room, Outcome):
            return room
        self.rooms.archive(room, user)
        return Outcome(True)

    async def open_dm(self, user: str, *others: str) -> str:
        """The id of the conversation with these people (or with the app's bot user)."""
        return self.workspace.open_direct_channel([user, *others]).id

    # People who come and go

    async def add_person(self, name: str, about: Json) -> Person:
        given = {"id": self.workspace.next_id("U"), "real_name": name.title(), **about}
        person = self.workspace.add_person(Person(name=name, **given))
        self.events.person(person, new=True)
        return person

    async def change_person(self, user: str, about: Json) -> None:
        person = self.workspace.people[user]
        if not set(about) <= set(vars(person)) - {"id"}:
            raise ValueError(f"a person has: {', '.join(vars(person))}")
        vars(person).update(about)
        self.workspace.tell("person")
        self.events.person(person, new=False)

    async def set_group(self, group_id: str, members: list[str]) -> None:
        group = self.workspace.groups[group_id]
        added = [who for who in members if who not in group.members]
        removed = [who for who in group.members if who not in members]
        group.members = members
        self.workspace.tell("person")
        self.events.group_members(group, added, removed)

    # The stage

    async def redeliver(self, seq: int) -> Outcome:
        """Sends a logged delivery to the app once more."""
        delivery = await self.deliveries.again(seq)
        if delivery is None:
            return Outcome(False, "no_such_delivery")
        return Outcome(delivery.error is None, delivery.error, delivery)

    async def advance(self, seconds: float) -> float:
        """Moves virtual time on; answers the new offset."""
        offset = self.clock.advance(seconds)
        self.workspace.tell("time")
        return offset

    def set_faults(self, faults: list[FaultRule]) -> None:
        self.faults.set(faults)
        self.workspace.tell("faults")

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

    def _room(self, user: str, channel: str) -> Channel | Outcome:
        """A live channel that the person is a member of."""
        room = self.workspace.channels.get(channel)
        if room is None or not self.workspace.can_see(user, room):
            return Outcome(False, "channel_not_found")
        if user not in room.members:
            return Outcome(False, "not_in_channel")
        return Outcome(False, "is_archived") if room.is_archived else room

    def _visible(self, user: str, channel: str, ts: str) -> Message | None:
        room = self.workspace.channels.get(channel)
        if room is None or not self.workspace.can_see(user, room):
            return None
        return self.workspace.message(channel, ts, user)

    def _own(self, user: str, channel: str, ts: str) -> Message | None:
        message = self._visible(user, channel, ts)
        return message if message is not None and message.user == user else None

    def _modal(self, user: str, view_id: str) -> View | None:
        view = self.screens.find(user, view_id)
        return view if view is not None and view.type == "modal" else None


def _handle(name: str) -> str:
    return "".join(each for each in name.lower().replace(" ", "_") if each.isalnum() or each == "_")
