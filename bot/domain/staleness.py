"""Keeps posted messages true: each kind of message, and the events that make it untrue.

An unsent message needs no edit, because the bot writes its text when it sends it. The bot edits a
posted message after each event in the message's row. If several events come first, one delivery
covers them all (`bot.services.staleness`). A test fails if a kind has no row here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.delivery.about import About
from bot.domain.kinds import DeliveryKind


class Change(StrEnum):
    """An event that can make a posted message untrue."""

    ANSWERED = "a page is acknowledged, declined, passed on or cannot be delivered"
    WENT_ON = "a ladder continues with its next step, ends, or starts over"
    ENDED = "the escalation is resolved, declined or a duplicate"
    REOPENED = "it is reopened"
    ORIGINAL = "it is closed as a duplicate, or reopened after that"
    MOVED = "it moves to another state"
    SEVERITY = "its severity changes"
    OWNER = "its owner changes"
    WORDS = "its title, category, references or needs are corrected"
    TIER = "its tier is tightened"
    UPDATED = "an update is posted, put off or no longer asked for"
    TASK = "a task is done, put off, given to another person or withdrawn"
    REMINDER = "a reminder is done, stopped or put off"
    ROOM = "its channel is made, archived or restored"
    ACCESS = "a request for access is answered"
    PEOPLE = "a person joins it, leaves it, or leaves Slack"
    TOLD = "those in charge learn that no one acknowledged"
    AGAIN = "the same is said again to the same person"


@dataclass(frozen=True, slots=True)
class KeptTrue:
    """A kind of message that the bot keeps true after it is posted.

    `repeats`: the next message of this kind to the same person replaces it, so only the last one
    still asks for something.
    """

    about: About
    untrue_after: frozenset[Change]
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class LeftAsPosted:
    """A kind that needs no edit, and the reason."""

    because: str


_NAMED = frozenset({Change.WORDS, Change.TIER, Change.PEOPLE})
"""The changes that affect every message that names an escalation."""
_SHOWN_AS = _NAMED | {Change.SEVERITY}
_OVER = frozenset({Change.ENDED, Change.REOPENED})

POSTED: Mapping[DeliveryKind, KeptTrue | LeftAsPosted] = {
    DeliveryKind.PAGE: KeptTrue(
        About.PAGE,
        _SHOWN_AS
        | _OVER
        | {Change.ANSWERED, Change.WENT_ON, Change.ROOM, Change.AGAIN, Change.ORIGINAL},
    ),
    DeliveryKind.PAGE_UPDATE: LeftAsPosted("edits a page"),
    DeliveryKind.CANARY: KeptTrue(About.PAGE, frozenset({Change.ANSWERED, Change.ENDED})),
    DeliveryKind.CANARY_UPDATE: LeftAsPosted("edits a canary's page"),
    DeliveryKind.ROOM_CREATE: LeftAsPosted("makes a channel, and says nothing"),
    DeliveryKind.ROOM_INVITE: LeftAsPosted("invites people, and says nothing"),
    # `card update` edits the incident's current card after every change that the card shows. This
    # row is for the card left behind in a shared channel when the incident gets its own channel.
    DeliveryKind.CARD_POST: KeptTrue(About.INCIDENT, _NAMED | {Change.ROOM}),
    DeliveryKind.ROOM_REMOVE: LeftAsPosted("removes a person, and says nothing"),
    DeliveryKind.CARD_UPDATE: LeftAsPosted("edits the card"),
    DeliveryKind.CARD_PIN: LeftAsPosted("pins the card, and says nothing"),
    DeliveryKind.NOTICE: KeptTrue(
        About.INCIDENT,
        _OVER
        | {Change.ANSWERED, Change.WENT_ON, Change.MOVED, Change.SEVERITY, Change.TIER}
        | {Change.TOLD},
    ),
    DeliveryKind.REMINDER: KeptTrue(
        About.REMINDER, _NAMED | _OVER | {Change.REMINDER, Change.AGAIN}, repeats=True
    ),
    DeliveryKind.TASK_REMINDER: KeptTrue(
        About.TASK, _SHOWN_AS | {Change.TASK, Change.AGAIN}, repeats=True
    ),
    DeliveryKind.UPDATE_REMINDER: KeptTrue(
        About.INCIDENT,
        _SHOWN_AS | _OVER | {Change.UPDATED, Change.MOVED, Change.OWNER, Change.AGAIN},
        repeats=True,
    ),
    DeliveryKind.UNANSWERED: KeptTrue(
        About.RUN, _SHOWN_AS | _OVER | {Change.ANSWERED, Change.WENT_ON}
    ),
    DeliveryKind.EXHAUSTED: KeptTrue(
        About.RUN,
        _SHOWN_AS | _OVER | {Change.ANSWERED, Change.WENT_ON, Change.OWNER},
        repeats=True,
    ),
    DeliveryKind.ACCESS_REQUEST: KeptTrue(About.INCIDENT, _NAMED | {Change.ACCESS}),
    DeliveryKind.ACCESS_ANSWER: KeptTrue(About.INCIDENT, _NAMED | {Change.ACCESS}),
    DeliveryKind.ASSIGNED: KeptTrue(
        About.INCIDENT, _SHOWN_AS | _OVER | {Change.OWNER, Change.ROOM}
    ),
    DeliveryKind.ROOM_LOST: KeptTrue(
        About.INCIDENT, _SHOWN_AS | _OVER | {Change.ROOM}, repeats=True
    ),
    DeliveryKind.DIGEST: KeptTrue(About.DIGEST, frozenset({Change.TIER})),
    DeliveryKind.HOME: LeftAsPosted("is dated, and redrawn each time that it is opened"),
    DeliveryKind.FALLBACK: LeftAsPosted(
        "goes past Slack, where nothing can be edited: it is dated"
    ),
    DeliveryKind.EXHAUSTED_OUTSIDE: LeftAsPosted(
        "goes past Slack, where nothing can be edited: it is dated"
    ),
    DeliveryKind.UNEDITED: LeftAsPosted("says what Slack refused, and when"),
    DeliveryKind.INVITATION_ENDED: LeftAsPosted("says what has ended, of a reference alone"),
    DeliveryKind.UNINVITED: LeftAsPosted("says what Slack refused, of a reference alone"),
    DeliveryKind.MESSAGE_EDIT: LeftAsPosted("edits the posts of its subject"),
}
"""Answers to commands and forms have no row: one person sees them once, and Slack allows no later
edit. Their wording stays true."""


def untrue_after(change: Change) -> dict[DeliveryKind, KeptTrue]:
    """Return the kinds that `change` may make untrue."""
    return {
        kind: row
        for kind, row in POSTED.items()
        if isinstance(row, KeptTrue) and change in row.untrue_after
    }


def stands(kind: DeliveryKind) -> bool:
    """Tell whether a kind of delivery posts a message that the bot keeps true."""
    return isinstance(POSTED[kind], KeptTrue)
