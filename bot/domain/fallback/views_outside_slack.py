"""What people read outside Slack, as frozen values: mails, texts, the page behind a link.

Whoever fills one has asked `visibility.sight`: `title` is None where it may not be shown there.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import PageState
from bot.domain.paging.outlook import Follows


@dataclass(frozen=True, slots=True)
class Quoted:
    """What the person of this name wrote as a reason for a page."""

    by: str
    words: str


@dataclass(frozen=True, slots=True)
class OutsidePage:
    """What a page says outside Slack. `title` is None where it may not be shown there.

    `answer_by` is until when its own step waits: None once that went by. `follows` is what its run
    does then. `exhausted`: the whole ladder went by. `zone` is its reader's, by its IANA name.
    `place`: the reader is asked as a manager on duty in one person's place, whose page stands so.
    What is `needed`, `criteria`, `affected`, the number of references (`links` among them) and the
    reasons that are `quoted` are empty where the title is None.
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
        """Whether the time for an answer was over when this person was paged, or is by now."""
        return self.answer_by is None or self.paged_at >= self.answer_by


@dataclass(frozen=True, slots=True)
class OutsideExhausted:
    """What is said outside Slack to those in charge: nobody of a team has acknowledged.

    `title` is None where it may not be shown there; `tried` are names, and `untold` those whose
    page Slack has not taken; `zone` is its reader's. `in_person`: no team was asked for, but one
    person, who (`declined`) said that they can't take it; `you`: that is the reader.
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


class LinkStatus(Enum):
    """How a page stands that somebody opens by its link."""

    WAITING = "waiting"
    YOURS = "yours"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """A page behind its link. `by` is the name of the person who acknowledged.

    `reads`: its reader may read the incident in Slack. `holds`: where they acknowledged, they do,
    and have not handed it over.
    """

    page: OutsidePage
    standing: LinkStatus
    by: str = ""
    at: datetime | None = None
    reads: bool = True
    holds: bool = True
