"""Errors about pages and the answers to them."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors.base import Refused


@dataclass(eq=False)
class AlreadyAcknowledged(Refused):
    """The page is already acknowledged.

    `yours`: by the same person. `holds`: they still hold it, which means that they may read the
    incident and have not handed it over. `person`: set if one person was asked for, not a team.
    """

    reference: str
    team: str
    by: str
    at: datetime
    yours: bool = False
    holds: bool = True
    person: str | None = None


@dataclass(eq=False)
class NothingToAcknowledge(Refused):
    """No page waits for this person (in this incident).

    `ended`: the incident's state, if it has ended. `reads` and `may_own`: the person may still read
    the incident, or own it.
    """

    reference: str | None = None
    ended: str | None = None
    reads: bool = False
    may_own: bool = False


@dataclass(eq=False)
class WhichTeam(Refused):
    """Several teams wait for an acknowledgement that this person may give.

    `runs`: for each, the id, the team, and the person if one person was asked for, not a team.
    """

    reference: str
    runs: tuple[tuple[str, str, str | None], ...]


@dataclass(eq=False)
class NobodyAfter(Refused):
    """A person can't take a page, but the ladder has ended, so there is no one else to page.

    `person`: set if one person was asked for, not a team.
    """

    reference: str
    team: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class BeingPaged:
    """A team or a person who is being paged: by whose request, since when, and which `people`.

    `person`: set if one person was asked for, not a team. `told`: their pages show the new reason.
    `acknowledged`: the paging is over; `by` and `at` give the responder and the time.
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
    """Everyone in the request is already being paged, or has acknowledged."""

    reference: str
    runs: tuple[BeingPaged, ...]


@dataclass(eq=False)
class NobodyToPage(Refused):
    """No one in a team's on-call order can be reached.

    `person`: set if one person was asked for, not a team.
    """

    team: str
    person: str | None = None


@dataclass(eq=False)
class HoldsNothing(Refused):
    """A person wants to hand over a part of an incident, but has none.

    `may_page`: they may page people in this incident.
    """

    reference: str
    may_page: bool = False


@dataclass(eq=False)
class HandedOverAlready(Refused):
    """The person has already handed over this part; each part is handed over once.

    `to` is being paged for it, or was (`once`). `person`: the id, if it is one person.
    """

    reference: str
    to: str
    once: bool = False
    person: str | None = None
