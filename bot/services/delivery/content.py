"""The results of looking up a delivery: content, a channel call, or nothing to say (yet)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from bot.domain.kinds import DeliveryKind

View = TypeVar("View", covariant=True)
"""What to say, as a frozen value that the kind's renderer turns into words."""


@dataclass(frozen=True, slots=True)
class MessageContent(Generic[View]):
    """A view and where it goes: a channel (and thread), a person, or a message to edit.

    `since`: when the news happened, if the message comes late. `kind`: the kind whose renderer
    words it. `on_home`: it is drawn on the person's Home tab, not posted.
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
    """A call that sets up an incident's channel: create (`private` or not), invite, remove, pin."""

    incident_id: str
    number: int
    private: bool = True
    channel: str | None = None
    card_ts: str | None = None
    users: tuple[str, ...] = ()
    removed: str | None = None
    was: str | None = None
    """An archived channel, to be used again if a person has unarchived it."""


@dataclass(frozen=True, slots=True)
class RequestedPlace:
    """The channel and message of a request to Slack: the answer is about these only."""

    channel: str | None = None
    ts: str | None = None


def requested_place_of(call: MessageContent[object] | ChannelCall) -> RequestedPlace:
    return RequestedPlace(call.channel, call.card_ts if isinstance(call, ChannelCall) else call.ts)


@dataclass(frozen=True, slots=True)
class NothingToSay:
    """There is nothing left to say; `why` is for the log."""

    why: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """Something it needs is missing (such as the channel): try again soon. `why` is for the log."""

    why: str


Content = MessageContent[View] | ChannelCall | NothingToSay | NotYet
