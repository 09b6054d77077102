"""What becomes due, and what is to be sent: the closed sets that rows name."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum


class TimerKind(StrEnum):
    """A kind of due work. A replica leaves a kind that it does not know alone."""

    PAGE_STEP = "page step"
    UPDATE_DUE = "update due"
    REMINDER = "reminder"
    TASK_DUE = "task due"
    ROOM_REPAIR = "room repair"


class TimerState(StrEnum):
    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


class DeliveryState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Within one moment, what goes first. FALLBACK has lanes and a loop of its own."""

    FALLBACK = -1
    PAGE = 0
    NOTICE = 1
    CARD = 2
    REMINDER = 3
    DIGEST = 4


class DeliveryKind(StrEnum):
    """What to say or do; the words are made when it is sent."""

    PAGE = "page"
    PAGE_UPDATE = "page update"
    ROOM_CREATE = "room create"
    ROOM_INVITE = "room invite"
    ROOM_REMOVE = "room remove"
    ROOM_LOST = "room lost"
    UNEDITED = "unedited"
    UNINVITED = "uninvited"
    INVITATION_ENDED = "invitation ended"
    CARD_POST = "card post"
    CARD_UPDATE = "card update"
    CARD_PIN = "card pin"
    NOTICE = "notice"
    REMINDER = "reminder"
    TASK_REMINDER = "task reminder"
    UPDATE_REMINDER = "update reminder"
    UNANSWERED = "unanswered"
    EXHAUSTED = "exhausted"
    ACCESS_REQUEST = "access request"
    ACCESS_ANSWER = "access answer"
    ASSIGNED = "assigned"
    DIGEST = "digest"
    HOME = "home"
    FALLBACK = "fallback"
    EXHAUSTED_OUTSIDE = "exhausted outside"
    CANARY = "canary"
    CANARY_UPDATE = "canary update"
    MESSAGE_EDIT = "message edit"


OUTSIDE = (DeliveryKind.FALLBACK, DeliveryKind.EXHAUSTED_OUTSIDE)
"""What a gateway takes, and not Slack."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long what is over stays in the database. The record (incidents, their timelines, pages,
    decisions, tasks, digests that went out) is no part of this: it stays."""

    done: timedelta = timedelta(days=30)
    """Messages that were sent or withdrawn, due work that was done or withdrawn."""
    dead: timedelta = timedelta(days=90)
    """Messages that Slack refused: somebody may still look into why."""
    requests: timedelta = timedelta(days=7)
    """Keys of what came in. Slack repeats a request for an hour at most."""
    drills: timedelta = timedelta(days=3)
