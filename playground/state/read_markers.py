"""Tracks how far each person has read in each channel, and what is new for them."""

from collections.abc import Iterable
from typing import Literal, Protocol

from playground.state.records import Channel, Message, Unread


class Messages(Protocol):
    """The parts of a workspace that the markers need."""

    def visible_channels(self, user: str) -> Iterable[Channel]: ...
    def latest_ts(self, channel: str) -> str: ...
    def messages_since(self, channel: str, oldest: str) -> Iterable[Message]: ...
    def tell(
        self, kind: Literal["read"], channel: str | None = None, *, people: Iterable[str]
    ) -> None: ...


class ReadMarkers:
    """The markers of a workspace's people."""

    def __init__(self, workspace: Messages) -> None:
        self._workspace = workspace
        self._read: dict[tuple[str, str], str] = {}

    def unread(self, user: str) -> dict[str, Unread]:
        """Return what is new for this person, by channel id. Other channels are left out."""
        marks = {}
        for channel in self._workspace.visible_channels(user):
            if user not in channel.members:
                continue
            fresh = self._fresh(user, channel)
            if fresh:
                mention = channel.is_im or any(message.pings(user) for message in fresh)
                marks[channel.id] = Unread(len(fresh), mention)
        return marks

    def last_read(self, user: str, channel: str) -> str:
        return self._read.get((user, channel), "0")

    def read(self, user: str, channel: str, ts: str | None = None) -> None:
        """Mark the channel as read up to `ts`, or up to the latest message."""
        self.mark(user, channel, ts or self._workspace.latest_ts(channel))
        self._workspace.tell("read", channel, people=[user])

    def mark(self, user: str, channel: str, ts: str) -> None:
        """Mark without telling listeners: a person who writes has read the messages above."""
        if ts > self.last_read(user, channel):
            self._read[user, channel] = ts

    def _fresh(self, user: str, channel: Channel) -> list[Message]:
        last = self.last_read(user, channel.id)
        return [
            message
            for message in self._workspace.messages_since(channel.id, last)
            if message.ts > last
            and message.user != user
            and not message.is_note
            and message.shown_to(user)
            and (not message.is_reply or message.pings(user))
        ]
