"""Errors about the state of an incident."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors.base import Refused


@dataclass(eq=False)
class IllegalMove(Refused):
    """The lifecycle does not allow this move. `legal`: the moves that it does allow."""

    reference: str
    state: str
    to: str
    legal: tuple[str, ...]


@dataclass(eq=False)
class OriginalEnded(Refused):
    """The person wants to close an incident as a duplicate of one that has ended.

    `instead`: the open incident that the original duplicates, if this person may know of it.
    """

    reference: str
    original: str
    state: str
    instead: str | None = None


@dataclass(eq=False)
class ReasonNeeded(Refused):
    """Lowering a severity and reopening or declining an incident need a written reason.

    `verb` and `typed`: the command that lacks the reason, if it was one.
    """

    to: str
    verb: str = ""
    typed: str = ""


class Already(StrEnum):
    """Why a request would change nothing, if it is not about a state or a severity."""

    AS_WANTED = "as_wanted"
    OPEN_TO_YOU = "open_to_you"
    OVER = "over"
    OWNED_BY = "owned_by"
    WITH = "with"


@dataclass(eq=False)
class NothingToDo(Refused):
    """The request would change nothing: it asks for the current state, severity or owner.

    `reference`: the incident's reference, or a word for the subject, such as a task or a reminder.
    `already`: the current state or severity, or an `Already`.
    """

    reference: str
    already: str
    person: str | None = None


@dataclass(eq=False)
class IncidentClosed(Refused):
    """The incident has ended. People can only reopen it, read it and add notes."""

    reference: str
    state: str
