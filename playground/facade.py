"""The playground: a workspace, and all actions of a person in it."""

from __future__ import annotations

from playground.backstage import BOT_USER, Backstage
from playground.outcomes import Choice, Filled, Outcome, Submitted
from playground.sending.interactions import NO_SUCH_ELEMENT
from playground.sending.typed import as_message
from playground.state.records import Channel, Json, Message, Person, View
from playground.web.faults import FaultRule

__all__ = ["BOT_USER", "Playground"]


class Playground(Backstage):
    """The interface for the browser page, the control API and tests. IDs have Slack's form.

    The person sees an error on the app's side as in Slack: as an ephemeral note from Slackbot.
    The caller gets it as an `Outcome` with `ok=False`.
    """

    # Talking

    async def send_message(
        self, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> Outcome:
        """Send typed text. `@name` and `#channel` become entities. A leading `/` runs a command."""
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            return await self.run_command(user, channel, command, rest.strip(), thread_ts)
        room = self._room(user, channel)
        if isinstance(room, Outcome):
            return room
        closed = self._composer_closed(user, room)
        if closed is not None:
            return closed
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
        """Run a slash command. `command` includes the slash."""
        room = self.workspace.channels.get(channel)
        if room is None or not self.workspace.can_see(user, room):
            return Outcome(False, "channel_not_found")
        closed = self._composer_closed(user, room)
        if closed is not None:
            return closed
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
        """Announce a file as Slack does. It has no content, and `files.*` is refused."""
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
        """Use an element of a message. `value` is the choice; a button needs none."""
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
        """Use an element of a modal or of the home tab. `values` is the current form."""
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
        """Open the app's home tab. The app gets an event and may publish a view."""
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
        """Add the reaction, or remove the person's own."""
        message = self._visible(user, channel, ts)
        if message is None or message.ephemeral_to is not None:
            return Outcome(False, "message_not_found")
        if user in message.reactions.get(name, ()):
            self.rooms.unreact(message, user, name)
        else:
            self.rooms.react(message, user, name)
        return Outcome(True, message=message)

    async def pin(self, user: str, channel: str, ts: str) -> Outcome:
        """Pin a message, or unpin a pinned one."""
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
        """Let a member bring in others, who may include the app's bot user."""
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

    async def unarchive_channel(self, user: str, channel: str) -> Outcome:
        """Unarchive a channel. Only people can, and they become members."""
        room = self.workspace.channels[channel]
        self.rooms.unarchive(room, user)
        self.rooms.add_member(room, user)
        return Outcome(True)

    async def open_dm(self, user: str, *others: str) -> str:
        """Return the id of the conversation with these people or the app's bot user."""
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
        """Send a logged delivery to the app once more."""
        delivery = await self.deliveries.again(seq)
        if delivery is None:
            return Outcome(False, "no_such_delivery")
        return Outcome(delivery.error is None, delivery.error, delivery)

    async def advance(self, seconds: float) -> float:
        """Move virtual time forward and return the new offset in seconds."""
        offset = self.clock.advance(seconds)
        self.workspace.tell("time")
        return offset

    def set_faults(self, faults: list[FaultRule]) -> None:
        self.faults.set(faults)
        self.workspace.tell("faults")

    def _room(self, user: str, channel: str) -> Channel | Outcome:
        """Return an unarchived channel of the person, or an Outcome that says why not."""
        room = self.workspace.channels.get(channel)
        if room is None or not self.workspace.can_see(user, room):
            return Outcome(False, "channel_not_found")
        if user not in room.members:
            return Outcome(False, "not_in_channel")
        return Outcome(False, "is_archived") if room.is_archived else room

    def _composer_closed(self, user: str, room: Channel) -> Outcome | None:
        """Return the refusal if the app's manifest makes its direct messages read-only."""
        with_app = room.is_im and self.app.user_id in room.members
        if self.manifest.people_may_write or not with_app:
            return None
        self.rooms.whisper(room.id, user, "Sending messages to this app has been turned off.")
        return Outcome(False, "messages_tab_read_only")

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
