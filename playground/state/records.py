"""The records of a Slack workspace: people, groups, channels, messages, views and two logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

#: The author of Slack's own notes to one person ('operation_timeout' and so on).
SLACKBOT = "USLACKBOT"


@dataclass
class Person:
    """A person in the workspace, or the bot user of an app."""

    id: str
    name: str
    real_name: str
    tz: str = "Etc/UTC"
    email: str = ""
    title: str = ""
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    """A member of another organisation, seen through a shared channel."""
    deleted: bool = False
    is_bot: bool = False
    color: str = "4a6fa5"

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted

    @property
    def initials(self) -> str:
        words = self.real_name.split() or [self.name]
        return "".join(word[0] for word in words[:2]).upper()


@dataclass
class UserGroup:
    id: str
    handle: str
    name: str
    members: list[str] = field(default_factory=list)


@dataclass
class Channel:
    """A public or private channel, a direct message (`is_im`) or a group message (`is_mpim`).

    `is_read_only`: its posting permissions exclude the app, but people may post.
    """

    id: str
    name: str
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    is_read_only: bool = False
    topic: str = ""
    purpose: str = ""
    members: list[str] = field(default_factory=list)
    creator: str = ""
    created: int = 0

    @property
    def kind(self) -> Literal["public_channel", "private_channel", "im", "mpim"]:
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "private_channel" if self.is_private else "public_channel"


#: Notes that Slack posts in a channel. They count neither as unread nor as a ping.
NOTES = frozenset(
    {
        "channel_join",
        "channel_leave",
        "channel_archive",
        "channel_unarchive",
        "channel_name",
        "channel_topic",
        "channel_purpose",
    }
)


@dataclass
class Message:
    """One message; `ts` is its identity within the channel."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    edited: str | None = None
    """The ts of the last edit."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pinned: bool = False
    ephemeral_to: str | None = None
    """The only person who sees it; None if everyone in the channel does."""
    deleted: bool = False
    files: list[Json] = field(default_factory=list)
    """Names of shared files. Their content does not exist here."""
    notifies: frozenset[str] = frozenset()
    """The people this message pings by name or by group."""
    loud: str | None = None
    """'channel', 'here' or 'everyone' if the message pings the whole channel."""

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_note(self) -> bool:
        return self.subtype in NOTES

    def shown_to(self, viewer: str) -> bool:
        return not self.deleted and self.ephemeral_to in (None, viewer)

    def pings(self, user: str) -> bool:
        return user in self.notifies or (self.loud is not None and self.user != user)


@dataclass(frozen=True)
class Unread:
    """The unread mark beside a conversation in the side bar."""

    count: int
    mention: bool


@dataclass
class View:
    """A modal on a person's stack, or their home tab."""

    id: str
    user: str
    type: Literal["modal", "home"]
    payload: Json
    """As the app gave it: title, blocks, submit, close, …"""
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    """`state.values`: block_id → action_id → the element's value as Slack sends it."""
    errors: dict[str, str] = field(default_factory=dict)
    """block_id → text, from the last `response_action: errors` or a client-side check."""
    failure: str | None = None
    """The error code of the last submission, if it belongs to no field."""
    times_refused: int = 0
    """Counts refusals, because the same errors may come twice."""

    @property
    def callback_id(self) -> str:
        return str(self.payload.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        return str(self.payload.get("private_metadata") or "")

    @property
    def external_id(self) -> str:
        return str(self.payload.get("external_id") or "")

    @property
    def blocks(self) -> list[Json]:
        return list(self.payload.get("blocks") or [])


@dataclass(frozen=True)
class ApiCall:
    """One call of the Web API, as the playground answered it."""

    seq: int
    at: float
    """Seconds since 1970 on the real clock."""
    method: str
    args: Mapping[str, Any]
    ok: bool
    error: str | None = None
    status: int = 200
    metadata_id: str | None = None
    """`metadata.event_payload.id` of a post, by which a sender finds it again."""
    ts: str | None = None
    """The message that the call stored, even if its answer never arrived."""
    fault: str | None = None
    token: str = ""
    """The kind of token: 'bot', 'app' or ''."""


DeliveryKind = Literal["command", "interactive", "event"]


@dataclass
class Delivery:
    """One attempt to send something to the app, with its result."""

    seq: int
    at: float
    kind: DeliveryKind
    type: str
    """'/escalate', 'block_actions', 'view_submission', 'event:message' …"""
    user: str
    payload: Json
    via: Literal["http", "socket", "none"] = "http"
    status: int | None = None
    answer: Any = None
    error: str | None = None
    """None if the app acknowledged in time: over HTTP, with a 2xx status."""
    took: float = 0.0
    attempt: int = 0
    retry_reason: str | None = None
    redelivery_of: int | None = None
