"""What the bot writes to people, as frozen values: render turns them into words.

A message that stands in Slack has an `outcome` once it no longer asks for anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.act import Role
from bot.domain.digest import DigestFigures
from bot.domain.following import Follows
from bot.domain.ids import PageId, ReminderId, RequestId, TeamKey, UserId
from bot.domain.needs import needed_of
from bot.domain.paging import PageState, RunState, person_of
from bot.domain.reading import NO_REMINDERS, Head, Reminders, TaskLine, TeamRow
from bot.domain.reasons import Question, Reason


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


class Outcome(StrEnum):
    """What became of a message that asks for something. None: it still asks."""

    DONE = "done"
    STOPPED = "stopped"
    SNOOZED = "snoozed"
    REPEATED = "repeated"
    PASSED_ON = "passed on"
    UPDATED = "updated"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReminderMessage:
    """A free reminder. `head` is None when it belongs to no incident; `until` is how long it was
    put off."""

    id: ReminderId
    text: str
    due_at: datetime
    late: bool
    head: Head | None = None
    asked_by: UserId | None = None
    outcome: Outcome | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskReminder:
    """To its assignee, or `instead` to who answers for the incident: the assignee is kept out.

    `by` gave it, or handed it over; the first message says that it is `new`, and what they want to
    be known (`summary`).
    """

    task: TaskLine
    now: datetime
    late: bool = False
    instead: bool = False
    summary: str = ""
    by: UserId | None = None
    new: bool = False
    outcome: Outcome | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UpdateReminder:
    """No update for too long; to the owner, or to the person whose turn it is without one.

    `updated_at` is when one came after all.
    """

    head: Head
    last_update_at: datetime
    due_at: datetime
    late: bool = False
    outcome: Outcome | None = None
    until: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A team's first step passed without an answer: to the owner. `tried` were asked in vain; the
    team's row says who is paged now. `ended`: the incident has. `you`: the reader was asked.
    """

    head: Head
    team: TeamRow
    tried: tuple[UserId, ...]
    ended: bool = False
    you: bool = False

    @property
    def asks(self) -> bool:
        """Whether the team is still being paged."""
        return self.team.state is RunState.PAGING and not self.ended


@dataclass(frozen=True, slots=True)
class ExhaustedMessage:
    """Nobody acknowledged: to the escalation manager. `ended`: the incident has. `you`: it was the
    reader, paged by name, who did not. `declined`: this person said that they can't take it."""

    head: Head
    team: TeamRow
    tried: tuple[UserId, ...]
    untold: tuple[UserId, ...] = ()
    """Whose page Slack has not taken."""
    ended: bool = False
    again: bool = False
    """Whether the team was paged again after this was said."""
    may_repeat: bool = False
    you: bool = False
    declined: bool = False
    others: tuple[TeamRow, ...] = ()
    """The incident's other teams that the reader was told of before, and that still wait."""
    newer: bool = False
    """Whether a newer message to the reader about the incident stands below, and lists them all."""

    @property
    def waits(self) -> bool:
        """Whether somebody still has to be found for this team."""
        return self.team.state is RunState.EXHAUSTED and not self.ended and not self.again

    @property
    def asks(self) -> bool:
        """Whether somebody still has to be found, for this team or another one."""
        return self.waits or bool(self.others)


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """To who may give access. Once it is answered: how, and where we know, by whom and when.

    `by_hand`: nobody asked, somebody (`added_by`) brought this person into the channel. `role`:
    with access they have its rights.
    """

    id: RequestId
    head: Head
    asker: UserId
    by_hand: bool = False
    added_by: UserId | None = None
    role: Role | None = None
    outcome: Outcome | None = None
    by: UserId | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """To whoever asked; `by` is None where nobody was left to be asked.

    `because` is what the one who refused wants them to know. `by_hand`: they did not ask, they were
    brought into the channel and may stay. `again_at`: from then on they may ask again.
    """

    head: Head
    granted: bool
    by: UserId | None
    because: str = ""
    by_hand: bool = False
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Home:
    reader: UserId
    pages: tuple[PageMessage, ...]
    tasks: tuple[TaskLine, ...]
    mine: tuple[Head, ...]
    open: tuple[Head, ...]
    now: datetime
    total_pages: int = 0
    total_tasks: int = 0
    total_mine: int = 0
    total_open: int = 0
    """How many there are of each, where not all were gathered."""
    may_open: bool = True
    may_act: bool = True
    """Whether they have a role: without one they read on what they are in, and press nothing."""
    reminders: Reminders = NO_REMINDERS
    overdue_pages: Mapping[str, int] = field(default_factory=dict)
    """By an incident's id, how many of its teams did not answer in time."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Somebody was made the owner; to them."""

    head: Head
    by: UserId
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class RoomLost:
    """An open escalation lost its channel; to those who answer for it.

    `again_at`: when another is made. None: it is not without a channel any more, or it has ended.
    `archived`: somebody archived it; otherwise it is out of reach.
    """

    head: Head
    again_at: datetime | None
    archived: bool = True


@dataclass(frozen=True, slots=True)
class Uninvited:
    """Slack refused to let somebody into the channel of an escalation.

    To who answers for it, about `person`; to themselves where that is None.
    """

    reference: str
    channel: str
    error: str
    person: UserId | None


@dataclass(frozen=True, slots=True)
class InvitationEnded:
    """A person is no full member any more; to who may let others in. `owns`: they own it still.

    `alone`: no one who may let others in is left, so it goes to the managers on duty.
    """

    reference: str
    person: UserId
    owns: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class DigestView:
    """One digest as it is sent: titles in it are already what a broadcast may show."""

    name: str
    figures: DigestFigures
    late_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unedited:
    """Slack refused to edit a message that shows a tightened incident's words; to who tightened.

    It stands with a person, or in a channel.
    """

    reference: str
    posted_at: datetime
    error: str
    person: UserId | None = None
    channel: str | None = None
