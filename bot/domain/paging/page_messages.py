"""A page, as a frozen value that render turns into text."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.delivery.message_args import RepeatableArgs
from bot.domain.ids import PageId, TeamKey, UserId
from bot.domain.incidents.needs import needed_of
from bot.domain.incidents.views import Head
from bot.domain.paging.ladders import PageState, RunState, person_of
from bot.domain.paging.outlook import Follows
from bot.domain.paging.reasons import Question, Reason


@dataclass(frozen=True, slots=True)
class PageArgs(RepeatableArgs):
    """`late_since`: if the page comes late, when its step was due."""

    late_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CanaryArgs(PageArgs):
    channel: str = ""


@dataclass(frozen=True, slots=True)
class PageMessage:
    """The page that a person reads. If they may not see the incident's words, `reasons` hold none.

    `answer_by`: when this person's step ends; None if the step or the run is over. `follows`: what
    the run does then. `place`: if the reader is asked in place of another person, the state of that
    person's page. `asked_before`: the reader has an earlier page of this run. `asked_again`: the
    reader has a later one. `ended`: the incident has ended, so it asks no one any more. `passed`:
    set if the request was handed over. `parts`: the keys of the teams and people whose part was
    handed over to this team. `questions`: what they had been asked, if the reader may see it.
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
        """What the reader is needed for; empty if the reader may not see it."""
        return needed_of(self.head.needs, (self.team, *self.parts)) if self.head.full else ""

    @property
    def handed_over(self) -> bool:
        """Whether the reader is the person who handed it over."""
        return self.passed is not None and self.passed.by == self.target

    @property
    def in_person(self) -> bool:
        """Whether the reader was asked for by name, not for a team."""
        return person_of(self.team) == self.target

    @property
    def in_place_of(self) -> UserId | None:
        """The person who was asked for, if the reader is paged in their place as a manager."""
        return None if self.in_person else person_of(self.team)

    @property
    def overdue(self) -> bool:
        """Whether the time for an answer was over when the page came."""
        return self.answer_by is not None and self.paged_at >= self.answer_by
