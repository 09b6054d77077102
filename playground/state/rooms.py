"""Acts in channels for any actor: changes the state, posts Slack's notes, and emits the events."""

from __future__ import annotations

from playground.sending.event_stream import EventStream
from playground.sending.shapes import Shapes
from playground.state.records import SLACKBOT, Channel, Json, Message
from playground.state.workspace import Workspace


class Rooms:
    def __init__(self, workspace: Workspace, shapes: Shapes, events: EventStream) -> None:
        self.workspace = workspace
        self.shapes = shapes
        self.events = events

    def create(self, name: str, creator: str, *, private: bool) -> Channel:
        channel = self.workspace.add_channel(
            Channel(
                id=self.workspace.next_id("C"),
                name=name,
                is_private=private,
                members=[creator],
                creator=creator,
                created=int(self.workspace.clock.now()),
            )
        )
        self.events.created(channel)
        return channel

    def post(self, message: Message) -> Message:
        self.workspace.store(message)
        self.events.message(message)
        return message

    def whisper(
        self, channel: str, viewer: str, text: str, thread_ts: str | None = None
    ) -> Message:
        """Post a note from Slackbot that only one person sees."""
        return self.workspace.store(
            Message(
                ts=self.workspace.clock.next_ts(),
                channel=channel,
                user=SLACKBOT,
                text=text,
                thread_ts=thread_ts,
                ephemeral_to=viewer,
            )
        )

    def edit(
        self,
        message: Message,
        *,
        text: str | None = None,
        blocks: list[Json] | None = None,
        metadata: Json | None = None,
    ) -> None:
        """Edit a message. None keeps a part as it is, and an empty list or object removes it."""
        before = self.shapes.message(message, metadata=True)
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = blocks
        if metadata is not None:
            message.metadata = metadata or None
        if message.ephemeral_to is None:
            message.edited = self.workspace.clock.next_ts()
        self.workspace.change(message)
        if message.ephemeral_to is None:
            self.events.message_changed(message, before)

    def delete(self, message: Message) -> None:
        before = self.shapes.message(message, metadata=True)
        self.workspace.delete(message)
        if message.ephemeral_to is None:
            self.events.message_deleted(message, before)

    def add_member(self, channel: Channel, user: str, inviter: str | None = None) -> None:
        if user in channel.members:
            return
        self.workspace.join(channel, user)
        self.events.member(channel, user, joined=True, inviter=inviter)
        self._note(channel, user, "channel_join", f"<@{user}> has joined the channel")

    def remove_member(self, channel: Channel, user: str, by: str | None = None) -> None:
        if user not in channel.members:
            return
        text = f"<@{user}> has left the channel"
        if by is not None and by != user:
            text = f"<@{user}> was removed from the channel by <@{by}>"
        self._note(channel, user, "channel_leave", text)
        self.workspace.leave(channel, user)
        self.events.member(channel, user, joined=False)

    def archive(self, channel: Channel, by: str) -> None:
        self._note(channel, by, "channel_archive", f"<@{by}> archived the channel")
        channel.is_archived = True
        self.workspace.tell("channel", channel.id)
        self.events.archived(channel, by)

    def unarchive(self, channel: Channel, by: str) -> None:
        channel.is_archived = False
        self._note(channel, by, "channel_unarchive", f"<@{by}> unarchived the channel")
        self.workspace.tell("channel", channel.id)
        self.events.unarchived(channel, by)

    def rename(self, channel: Channel, name: str, by: str) -> None:
        old, channel.name = channel.name, name
        self._note(channel, by, "channel_name", f"<@{by}> renamed the channel from {old} to {name}")
        self.workspace.tell("channel", channel.id)
        self.events.renamed(channel, by)

    def set_topic(self, channel: Channel, topic: str, by: str) -> None:
        channel.topic = topic
        self._note(channel, by, "channel_topic", f"<@{by}> set the channel topic: {topic}")
        self.workspace.tell("channel", channel.id)

    def set_purpose(self, channel: Channel, purpose: str, by: str) -> None:
        channel.purpose = purpose
        self._note(
            channel, by, "channel_purpose", f"<@{by}> set the channel description: {purpose}"
        )
        self.workspace.tell("channel", channel.id)

    def react(self, message: Message, user: str, name: str) -> None:
        message.reactions.setdefault(name, []).append(user)
        self.workspace.change(message)
        self.events.reaction(message, user, name, added=True)

    def unreact(self, message: Message, user: str, name: str) -> None:
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        self.workspace.change(message)
        self.events.reaction(message, user, name, added=False)

    def pin(self, message: Message, user: str) -> None:
        message.pinned = True
        self.workspace.change(message)
        self.events.pin(message, user, added=True)

    def unpin(self, message: Message, user: str) -> None:
        message.pinned = False
        self.workspace.change(message)
        self.events.pin(message, user, added=False)

    def _note(self, channel: Channel, user: str, subtype: str, text: str) -> None:
        self.post(
            Message(
                ts=self.workspace.clock.next_ts(),
                channel=channel.id,
                user=user,
                text=text,
                subtype=subtype,
                bot_id=None,
            )
        )
