"""What a delivery comes to when it is looked up: a letter, a call, or nothing to be said (yet)."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.messages import (
    AccessAnswer,
    AccessRequest,
    Assigned,
    DigestView,
    ExhaustedMessage,
    Home,
    InvitationEnded,
    PageMessage,
    ReminderMessage,
    RoomLost,
    TaskReminder,
    Unanswered,
    Unedited,
    Uninvited,
    UpdateReminder,
)
from bot.domain.reading import Card, MovedCard, Notice

View = (
    PageMessage
    | Card
    | MovedCard
    | Notice
    | ReminderMessage
    | TaskReminder
    | UpdateReminder
    | Unanswered
    | ExhaustedMessage
    | AccessRequest
    | AccessAnswer
    | Assigned
    | RoomLost
    | DigestView
    | Unedited
    | Uninvited
    | InvitationEnded
    | Home
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A view and where it goes: a channel (and thread), a person, or a message to be edited.

    `since`: when that happened which it tells of, where it comes late.
    """

    view: View
    channel: str | None = None
    person: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoomCall:
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
class Aim:
    """The channel and the message that Slack was asked for: its answer is about no other."""

    channel: str | None = None
    ts: str | None = None


def aim_of(call: Letter | RoomCall) -> Aim:
    return Aim(call.channel, call.card_ts if isinstance(call, RoomCall) else call.ts)


@dataclass(frozen=True, slots=True)
class Moot:
    """Nothing is to be said any more; `why` is for the log."""

    why: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """What it needs is not there yet (the incident's channel); to be tried again soon."""

    why: str


Prepared = Letter | RoomCall | Moot | NotYet
