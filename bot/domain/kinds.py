"""The kinds of message and of due work: as rows store them, and what all layers must know of them.

`bot.kinds` has the rest: how a kind is looked up, worded, sent and followed up.
"""

from enum import StrEnum
from typing import Self

from bot.domain.delivery.about import About
from bot.domain.staleness import (
    NAMED,
    OVER,
    SHOWN_AS,
    Change,
    KeptTrue,
    LeftAsPosted,
    Posted,
    SentOutside,
)


class TimerKind(StrEnum):
    """A kind of due work. A replica leaves rows of an unknown kind alone."""

    PAGE_STEP = "page step"
    UPDATE_DUE = "update due"
    REMINDER = "reminder"
    TASK_DUE = "task due"
    CHANNEL_REPAIR = "room repair"


_IN_DRILLS = True
"""A drill sends it: of whatever else a drill leads to, it sends nothing."""


class DeliveryKind(StrEnum):
    """What to say or do. The bot writes the text when it sends the delivery.

    Each kind says how it stays true once it is posted. Answers to commands and forms are no kinds:
    one person sees them once, and Slack allows no later edit, so their wording stays true.
    """

    _value_: str
    posted: Posted
    in_drills: bool

    def __new__(cls, stored: str, posted: Posted, in_drills: bool = False) -> Self:
        kind = str.__new__(cls, stored)
        kind._value_ = stored
        kind.posted = posted
        kind.in_drills = in_drills
        return kind

    PAGE = (
        "page",
        KeptTrue(
            About.PAGE,
            SHOWN_AS
            | OVER
            | {Change.ANSWERED, Change.WENT_ON, Change.CHANNEL, Change.AGAIN, Change.ORIGINAL},
        ),
    )
    PAGE_UPDATE = "page update", LeftAsPosted("edits a page")
    CHANNEL_CREATE = "room create", LeftAsPosted("makes a channel, and says nothing")
    CHANNEL_INVITE = "room invite", LeftAsPosted("invites people, and says nothing")
    CHANNEL_REMOVE = "room remove", LeftAsPosted("removes a person, and says nothing")
    CHANNEL_LOST = (
        "room lost",
        KeptTrue(About.INCIDENT, SHOWN_AS | OVER | {Change.CHANNEL}, repeats=True),
    )
    UNEDITED = "unedited", LeftAsPosted("says what Slack refused, and when")
    UNINVITED = "uninvited", LeftAsPosted("says what Slack refused, of a reference alone")
    INVITATION_ENDED = (
        "invitation ended",
        LeftAsPosted("says what has ended, of a reference alone"),
    )
    # `card update` edits the incident's current card after every change that the card shows. This
    # is about the card left behind in a shared channel when the incident gets its own channel.
    CARD_POST = "card post", KeptTrue(About.INCIDENT, NAMED | {Change.CHANNEL})
    CARD_UPDATE = "card update", LeftAsPosted("edits the card")
    CARD_PIN = "card pin", LeftAsPosted("pins the card, and says nothing")
    NOTICE = (
        "notice",
        KeptTrue(
            About.INCIDENT,
            OVER
            | {Change.ANSWERED, Change.WENT_ON, Change.MOVED, Change.SEVERITY, Change.TIER}
            | {Change.TOLD},
        ),
    )
    REMINDER = (
        "reminder",
        KeptTrue(About.REMINDER, NAMED | OVER | {Change.REMINDER, Change.AGAIN}, repeats=True),
    )
    TASK_REMINDER = (
        "task reminder",
        KeptTrue(About.TASK, SHOWN_AS | {Change.TASK, Change.AGAIN}, repeats=True),
    )
    UPDATE_REMINDER = (
        "update reminder",
        KeptTrue(
            About.INCIDENT,
            SHOWN_AS | OVER | {Change.UPDATED, Change.MOVED, Change.OWNER, Change.AGAIN},
            repeats=True,
        ),
    )
    UNANSWERED = (
        "unanswered",
        KeptTrue(About.RUN, SHOWN_AS | OVER | {Change.ANSWERED, Change.WENT_ON}),
    )
    EXHAUSTED = (
        "exhausted",
        KeptTrue(
            About.RUN,
            SHOWN_AS | OVER | {Change.ANSWERED, Change.WENT_ON, Change.OWNER},
            repeats=True,
        ),
    )
    ACCESS_REQUEST = "access request", KeptTrue(About.INCIDENT, NAMED | {Change.ACCESS})
    ACCESS_ANSWER = "access answer", KeptTrue(About.INCIDENT, NAMED | {Change.ACCESS})
    ASSIGNED = (
        "assigned",
        KeptTrue(About.INCIDENT, SHOWN_AS | OVER | {Change.OWNER, Change.CHANNEL}),
    )
    DIGEST = "digest", KeptTrue(About.DIGEST, frozenset({Change.TIER}))
    HOME = "home", LeftAsPosted("is dated, and redrawn each time that it is opened")
    FALLBACK = "fallback", SentOutside()
    EXHAUSTED_OUTSIDE = "exhausted outside", SentOutside()
    CANARY = (
        "canary",
        KeptTrue(About.PAGE, frozenset({Change.ANSWERED, Change.ENDED})),
        _IN_DRILLS,
    )
    CANARY_UPDATE = "canary update", LeftAsPosted("edits a canary's page"), _IN_DRILLS
    MESSAGE_EDIT = "message edit", LeftAsPosted("edits the posts of its subject")

    @property
    def kept_true(self) -> KeptTrue | None:
        """What makes it untrue after it is posted; None if the bot does not edit it."""
        return self.posted if isinstance(self.posted, KeptTrue) else None


OUTSIDE = tuple(kind for kind in DeliveryKind if isinstance(kind.posted, SentOutside))
"""The kinds that go to a gateway instead of Slack."""
OF_A_DRILL = tuple(kind for kind in DeliveryKind if kind.in_drills)


def untrue_after(change: Change) -> dict[DeliveryKind, KeptTrue]:
    """Return the kinds that `change` may make untrue."""
    kept = {kind: kind.kept_true for kind in DeliveryKind}
    return {kind: how for kind, how in kept.items() if how and change in how.untrue_after}
