"""What a delivery comes to when it is looked up: a letter, a call, or nothing to be said (yet)."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.access.access_messages import (
    AccessAnswer,
    AccessRequestMessage,
    InvitationEnded,
    Uninvited,
)
from bot.domain.channels.lost_channel import RoomLost
from bot.domain.digests.digest_message import DigestView
from bot.domain.followups.reminder_messages import ReminderMessage, TaskReminder, UpdateReminder
from bot.domain.incidents.home import Home
from bot.domain.incidents.views import Card, MovedCard, Notice
from bot.domain.paging.page_messages import PageMessage
from bot.domain.people.person_messages import Assigned, Unedited
from bot.domain.unanswered.manager_messages import ExhaustedMessage, Unanswered

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
    | AccessRequestMessage
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
class MessageContent:
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


def requested_place_of(call: MessageContent | ChannelCall) -> RequestedPlace:
    return RequestedPlace(call.channel, call.card_ts if isinstance(call, ChannelCall) else call.ts)


@dataclass(frozen=True, slots=True)
class NothingToSay:
    """Nothing is to be said any more; `why` is for the log."""

    why: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """What it needs is not there yet (the incident's channel); to be tried again soon."""

    why: str


Content = MessageContent | ChannelCall | NothingToSay | NotYet
