"""A page, or an answer to one, is not possible."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors.base import Refused


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
class WhichTeam(Refused):
    """Several teams wait for an acknowledgement that this person may give. `runs`: id, team, and
    the person who was asked for where it was no team."""

    reference: str
    runs: tuple[tuple[str, str, str | None], ...]


@dataclass(eq=False)
class NobodyAfter(Refused):
    """Somebody can't take a page, and its ladder is at its end: there is no next one to page.
    `person`: no team was asked for, but this one."""

    reference: str
    team: str
    person: str | None = None


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
