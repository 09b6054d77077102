"""A page, as a frozen value that render turns into words."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.delivery.message_args import MessageArgs
from bot.domain.ids import PageId, TeamKey, UserId
from bot.domain.incidents.needs import needed_of
from bot.domain.incidents.views import Head
from bot.domain.paging.ladders import PageState, RunState, person_of
from bot.domain.paging.outlook import Follows
from bot.domain.paging.reasons import Question, Reason


@dataclass(frozen=True, slots=True)
class PageArgs(MessageArgs):
    """`late_since`: when its step was due, where the page comes late."""

    late_since: datetime | None = None
    may_repeat: bool | None = None


@dataclass(frozen=True, slots=True)
class CanaryArgs(MessageArgs):
    channel: str = ""


@dataclass(frozen=True, slots=True)
class PageMessage:
    """What a paged person reads. Where its words may not be shown, `reasons` hold none.

    `answer_by` is when this person's step ends; None where it is over, or the run is. `follows`:
    what the run does then. `place`: how the page of the person stands in whose place the reader is
    asked. `asked_before`: they hold an earlier page of the run; `asked_again`: a later one.
    `ended`: the incident has, so nobody is asked any more. `passed`: what the run asked for was
    handed over. `parts`: the keys of those whose part was handed over to the team. `questions`:
    what these had been asked, where it may be shown.
    """

    page_id: PageId
    head: Head
    team: TeamKey
    team_name: str
    target: UserId
    state: PageState
    run_state: RunState
    reasons: tuple[Reason, ...]
    paged_at: datetime
    answer_by: datetime | None = None
    round: int = 0
    step: int = 0
    responder: UserId | None = None
    acked_at: datetime | None = None
    reason: str = ""
    may_repeat: bool = False
    late: bool = False
    ended: bool = False
    alone: bool = True
    follows: Follows | None = None
    place: PageState = PageState.WAITING
    asked_before: bool = False
    asked_again: bool = False
    went_on: bool = False
    passed: Reason | None = None
    parts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def needed(self) -> str:
        """What whoever opened the incident needs of the reader; empty where it may not be shown."""
        return needed_of(self.head.needs, (self.team, *self.parts)) if self.head.full else ""

    @property
    def handed_over(self) -> bool:
        """Whether it was the reader who handed it over."""
        return self.passed is not None and self.passed.by == self.target

    @property
    def in_person(self) -> bool:
        """Whether nobody but the reader was asked for, in no team's name."""
        return person_of(self.team) == self.target

    @property
    def in_place_of(self) -> UserId | None:
        """The person who was asked for, where the reader is paged as a manager on duty."""
        return None if self.in_person else person_of(self.team)

    @property
    def overdue(self) -> bool:
        """Whether the time for an answer was over when the page came."""
        return self.answer_by is not None and self.paged_at >= self.answer_by
