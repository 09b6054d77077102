"""What can go wrong, as types. The error mapper in `handlers` turns each into a person's words.

`str(error)` is the name of the class alone: fields may hold what a person typed, which no log
shall carry. Not frozen: `contextlib` sets an exception's traceback.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.problems import Problem


class TocsinError(Exception):
    """Root of every error that this product raises on purpose."""


class Refused(TocsinError):
    """A person asked for something that cannot be done; nothing was changed."""

    def __str__(self) -> str:
        return type(self).__name__


class Stranger(TocsinError):
    """Slack has not told us of this person yet; nothing was changed, and Slack is to be asked."""


@dataclass(eq=False)
class AlreadyHandled(Refused):
    """The same request arrived twice; `outcome` is what the first one brought about."""

    outcome: str = ""


@dataclass(eq=False)
class NotPermitted(Refused):
    """The person's role does not reach. `to`: a Deed, or what is refused besides."""

    needed: str
    has: str
    to: StrEnum


@dataclass(eq=False)
class MayNotTighten(NotPermitted):
    """Somebody makes an incident more confidential who does not answer for it.

    `yours`: they own it, but took that themselves.
    """

    owned: bool = True
    yours: bool = False


@dataclass(eq=False)
class MayOnlyRead(Refused):
    """Somebody who only reads a restricted incident asks for what lets others in. `ask`: who
    answers for it."""

    reference: str
    ask: str


@dataclass(eq=False)
class RoleUnknown(Refused):
    """A role may come from a user group that Slack has not told us of yet; `person`: whose."""

    person: str | None = None


@dataclass(eq=False)
class Undescribed(Refused):
    """Slack does not say, now, who it is that acts, or `person`: their role is not known."""

    person: str | None = None


class NotYours(Refused):
    """What a button or a form names is not this person's, or not there. Which of the two it is
    would be an answer by itself, so it carries nothing."""


@dataclass(eq=False)
class HoldsNothing(Refused):
    """Somebody hands over a part of an incident, and has none. `may_page`: people, there."""

    reference: str
    may_page: bool = False


@dataclass(eq=False)
class HandedOverAlready(Refused):
    """A part is passed on once. `to` is being paged for it, or (`once`) was; `person`: it is one
    person, by their id."""

    reference: str
    to: str
    once: bool = False
    person: str | None = None


@dataclass(eq=False)
class WhichTeam(Refused):
    """Several teams wait for an acknowledgement that this person may give. `runs`: id, team, and
    the person who was asked for where it was no team."""

    reference: str
    runs: tuple[tuple[str, str, str | None], ...]


@dataclass(eq=False)
class NoAccess(Refused):
    """The incident is restricted and the person is not invited. Carries nothing but the name."""

    reference: str
    incident_id: str


@dataclass(eq=False)
class NobodyToAsk(Refused):
    """Of those who are in a restricted incident nobody is left who could let somebody in."""

    reference: str


@dataclass(eq=False)
class AskedAlready(Refused):
    """A person's request for access is open; a second one would say nothing new."""

    reference: str
    at: datetime


@dataclass(eq=False)
class RefusedLately(Refused):
    """A person's request for access was refused; they may ask again from `until` on."""

    reference: str
    until: datetime


@dataclass(eq=False)
class AnsweredAlready(Refused):
    """Somebody was faster: a request is answered once. `by` and `at` say who did, and when."""

    reference: str
    person: str
    granted: bool
    by: str | None
    at: datetime


@dataclass(eq=False)
class Misread(Refused):
    """What was typed was not understood.

    `no_report`: it does not only begin like a command, or this person may not open a report.
    `here`: the escalation in whose channel it was typed. `verb`: the command that was not done.
    """

    no_report: bool = field(default=False, kw_only=True)
    here: str | None = field(default=None, kw_only=True)
    verb: str = field(default="", kw_only=True)


@dataclass(eq=False)
class CannotBeLetIn(Refused):
    """Whoever asked for access has left Slack since, or is a guest now."""

    person: str


@dataclass(eq=False)
class NotFound(Misread):
    """Nothing has that name here. `nearest`: what may be meant; `known`: all that there are.

    `or_person`: a person may be named in its place.
    """

    what: str
    named: str
    nearest: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    or_person: bool = False


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


@dataclass(eq=False)
class AlreadyAcknowledged(Refused):
    """Somebody was faster; `yours`: it was the same person, who `holds` it still: they may read the
    incident, and have not handed it over. `person`: no team was asked for, but this one."""

    reference: str
    team: str
    by: str
    at: datetime
    yours: bool = False
    holds: bool = True
    person: str | None = None


@dataclass(eq=False)
class NothingToAcknowledge(Refused):
    """No page waits for this person (in this incident); `ended` is its state where it has ended.

    What they may do all the same: `reads` it, and `may_own`.
    """

    reference: str | None = None
    ended: str | None = None
    reads: bool = False
    may_own: bool = False


@dataclass(eq=False)
class NobodyAfter(Refused):
    """Somebody can't take a page, and its ladder is at its end: there is no next one to page.
    `person`: no team was asked for, but this one."""

    reference: str
    team: str
    person: str | None = None


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
class AlreadyReminded(Refused):
    """A reminder is to be cancelled or changed, and its moment has come already."""

    at: datetime


@dataclass(eq=False)
class ReminderChanged(Refused):
    """A reminder is to be cancelled as it was set before; it is set for `at` now."""

    at: datetime


@dataclass(eq=False)
class IncidentClosed(Refused):
    """The incident has ended; only reopening it, reading it and notes are left."""

    reference: str
    state: str


@dataclass(frozen=True, slots=True)
class BeingPaged:
    """A team or a person who is being paged: at whose wish, since when, and `people` who are asked.

    `person`: who was asked for, where it was no team. `told`: their pages show the new reason.
    `acknowledged`: nobody is asked any more, it is the responder who is named, and since when.
    """

    name: str
    people: tuple[str, ...]
    person: str | None
    by: str
    at: datetime
    told: bool = False
    acknowledged: bool = False


@dataclass(eq=False)
class AlreadyPaged(Refused):
    """Everyone who was named is being paged as they should be, or has acknowledged."""

    reference: str
    runs: tuple[BeingPaged, ...]


@dataclass(eq=False)
class NobodyToPage(Refused):
    """A team has nobody on its on-call order that could be reached. `person`: this one was asked
    for, and no team."""

    team: str
    person: str | None = None


@dataclass(eq=False)
class BadInput(Misread):
    """A value cannot be understood. `field_name` is the form's field or the verb's argument."""

    field_name: str
    problem: Problem
    example: str = ""


@dataclass(eq=False)
class Unclear(Misread):
    """What was typed may mean several things; `commands` are those that say it exactly.

    `report`: what *Open this* opens, where a new escalation is one of them.
    """

    problem: Problem
    commands: tuple[str, ...] = ()
    report: str = ""


@dataclass(eq=False)
class FormErrors(Refused):
    """Several fields of a form are wrong at once.

    `verb`: the command that was not done, where it came from one; `commands` are those that help.
    """

    errors: Mapping[str, Problem] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    verb: str = ""


@dataclass(eq=False)
class StoreUnavailable(TocsinError):
    """The database cannot be reached or is full; what was asked for was not stored.

    `why` and `advice` are sentences for the operator, and quote nothing that was to be stored.
    """

    why: str
    advice: str


class PerhapsStored(StoreUnavailable):
    """The database went away while it stored, and nobody can tell yet whether it did."""


class HistoryGone(StoreUnavailable):
    """The file of the SQLite database was deleted, moved, replaced, overwritten or cut off while
    this process uses it."""


class PolicyError(TocsinError):
    """The policy file is wrong: file, line, key, what was expected."""
