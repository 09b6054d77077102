"""Keeps posted messages true: the events that can make a message untrue.

An unsent message needs no edit, because the bot writes its text when it sends it. The bot edits a
posted message after each event that its kind names (`bot.domain.kinds`). If several events come
first, one delivery covers them all (`bot.services.staleness`).
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.delivery.about import About


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
    CHANNEL = "its channel is made, archived or restored"
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


@dataclass(frozen=True, slots=True)
class SentOutside:
    """A kind that goes to a gateway instead of Slack, where nothing can be edited: it is dated."""


Posted = KeptTrue | LeftAsPosted | SentOutside

NAMED = frozenset({Change.WORDS, Change.TIER, Change.PEOPLE})
"""The changes that affect every message that names an escalation."""
SHOWN_AS = NAMED | {Change.SEVERITY}
OVER = frozenset({Change.ENDED, Change.REOPENED})
