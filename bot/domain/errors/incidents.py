"""The state of an incident does not allow it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors.base import Refused


@dataclass(eq=False)
class IllegalMove(Refused):
    """The lifecycle does not allow this move; `legal` names those that it does."""

    reference: str
    state: str
    to: str
    legal: tuple[str, ...]


@dataclass(eq=False)
class OriginalEnded(Refused):
    """An incident is to be closed as a duplicate of one that no one works on any more.

    `instead`: the open one that the original is a duplicate of, where this person may know of it.
    """

    reference: str
    original: str
    state: str
    instead: str | None = None


@dataclass(eq=False)
class ReasonNeeded(Refused):
    """A severity is lowered, an incident reopened or declined: that takes a written reason."""

    to: str


class Already(StrEnum):
    """Why a request would change nothing, where it is not about a state or a severity."""

    AS_WANTED = "as_wanted"
    OPEN_TO_YOU = "open_to_you"
    OVER = "over"
    OWNED_BY = "owned_by"
    WITH = "with"


@dataclass(eq=False)
class NothingToDo(Refused):
    """The request would change nothing: the same state, severity or owner as now.

    `reference` is an incident's, or the word for what it is about: a task, a reminder.
    `already`: the state or severity that it has, or another reason.
    """

    reference: str
    already: str
    person: str | None = None


@dataclass(eq=False)
class IncidentClosed(Refused):
    """The incident has ended; only reopening it, reading it and notes are left."""

    reference: str
    state: str
