"""What a delivery comes to when it is looked up: a letter, a call, or nothing to be said (yet)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from bot.domain.kinds import DeliveryKind

View = TypeVar("View", covariant=True)
"""What is to be said, as a frozen value that the kind's renderer turns into words."""


@dataclass(frozen=True, slots=True)
class MessageContent(Generic[View]):
    """A view and where it goes: a channel (and thread), a person, or a message to be edited.

    `since`: when that happened which it tells of, where it comes late. `kind`: whose renderer puts
    it into words. `on_home`: it is drawn on the person's Home tab, and not posted.
    """

    view: View
    channel: str | None = None
    person: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    since: datetime | None = None
    kind: DeliveryKind | None = None
    on_home: bool = False


@dataclass(frozen=True, slots=True)
class ChannelCall:
    """A call that sets an incident's channel up: create (`private` or not), invite, remove or
    pin."""

    incident_id: str
    number: int
    private: bool = True
    channel: str | None = None
    card_ts: str | None = None
    users: tuple[str, ...] = ()
    removed: str | None = None
    was: str | None = None
    """A channel that was archived: it is taken again where somebody has unarchived it."""


@dataclass(frozen=True, slots=True)
class RequestedPlace:
    """The channel and the message that Slack was asked for: its answer is about no other."""

    channel: str | None = None
    ts: str | None = None


def requested_place_of(call: MessageContent[object] | ChannelCall) -> RequestedPlace:
    return RequestedPlace(call.channel, call.card_ts if isinstance(call, ChannelCall) else call.ts)


@dataclass(frozen=True, slots=True)
class NothingToSay:
    """Nothing is to be said any more; `why` is for the log."""

    why: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """What it needs is not there yet (the incident's channel); to be tried again soon."""

    why: str


Content = MessageContent[View] | ChannelCall | NothingToSay | NotYet
