"""What people read outside Slack, as frozen values: e-mails, SMS, the web page of a link.

Code that fills one asks `visibility.sight` first. `title` is None where it may not be shown.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import PageState
from bot.domain.paging.outlook import Follows


@dataclass(frozen=True, slots=True)
class Quoted:
    """The reason for a page in the words of a person, given by name."""

    by: str
    words: str


@dataclass(frozen=True, slots=True)
class OutsidePage:
    """A page outside Slack. `title` is None where it may not be shown.

    `answer_by`: when the page's own step ends; None once it has ended. `follows`: what the run does
    then. `exhausted`: the whole ladder has ended. `zone`: the reader's time zone, by IANA name.
    `place`: the reader is asked as a manager on duty in place of one person; this is the state of
    that person's page. If `title` is None, `needed`, `criteria`, `affected`, `references`, `links`
    and `quoted` are empty or 0. `links` counts the references that are addresses.
    """

    reference: str
    severity: Severity
    title: str | None
    team_name: str
    in_person: bool
    asked_by: str
    paged_at: datetime
    answer_by: datetime | None
    zone: str
    follows: Follows | None = None
    exhausted: bool = False
    may_repeat: bool = False
    place: PageState | None = None
    needed: str = ""
    criteria: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    references: int = 0
    links: int = 0
    quoted: tuple[Quoted, ...] = ()

    @property
    def overdue(self) -> bool:
        """Whether the time for an answer is over now, or was when this person was paged."""
        return self.answer_by is None or self.paged_at >= self.answer_by


@dataclass(frozen=True, slots=True)
class OutsideExhausted:
    """A message outside Slack to the managers: no one in a team has acknowledged.

    `title` is None where it may not be shown. `tried`: the names of the people asked. `said_no`:
    the names of a team's people among them who said that they can't take it. `untold`: the names of
    those whose page Slack has not accepted. `zone`: the reader's. `in_person`: one person was asked
    for, not a team. `declined`: that person said that they can't take it. `you`: that person is the
    reader.
    """

    reference: str
    severity: Severity
    title: str | None
    team_name: str
    asked_by: str
    tried: tuple[str, ...]
    untold: tuple[str, ...]
    started_at: datetime
    ack_due_at: datetime
    zone: str
    may_repeat: bool = False
    in_person: bool = False
    you: bool = False
    declined: bool = False
    said_no: tuple[str, ...] = ()


class LinkStatus(Enum):
    """The state of a page that a person opens by its link."""

    WAITING = "waiting"
    YOURS = "yours"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """A page as its link shows it. `by`: the name of the person who acknowledged.

    `reads`: the reader may read the incident in Slack. `holds`: if the reader acknowledged, they
    may read the incident and have not handed the page over.
    """

    page: OutsidePage
    standing: LinkStatus
    by: str = ""
    at: datetime | None = None
    reads: bool = True
    holds: bool = True
