"""What people read, as frozen values: services fill them, render turns them into words.

Whoever fills a `Head` has asked `visibility.sight`: `name` is the title only where the reader may
have it, else the codename; the fields that describe the case are then None or empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.digest import DigestFigures
from bot.domain.following import Follows
from bot.domain.ids import IncidentId, PageId, ReminderId, RequestId, RunId, TaskId, TeamKey, UserId
from bot.domain.lifecycle import OPEN, State
from bot.domain.paging import PERSON_PREFIX, UNANSWERED, PageState, RunState
from bot.domain.reasons import Reason
from bot.domain.severity import Severity
from bot.domain.timeline import EntryKind
from bot.domain.visibility import Tier


@dataclass(frozen=True, slots=True)
class Head:
    """An incident in one line. `duplicate_of` is the original's reference; only a card has it."""

    id: IncidentId
    reference: str
    name: str
    full: bool
    tier: Tier
    severity: Severity
    state: State
    opened_at: datetime
    opened_by: UserId
    owner: UserId | None = None
    category: str | None = None
    surface: str | None = None
    market: str | None = None
    source: str | None = None
    references: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    channel_id: str | None = None
    update_due_at: datetime | None = None
    duplicate_of: str | None = None
    root_cause: str | None = None

    @property
    def restricted(self) -> bool:
        return self.tier is not Tier.STANDARD

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team's row on the card."""

    run_id: RunId
    team: TeamKey
    name: str
    state: RunState
    started_at: datetime
    ack_due_at: datetime
    paged: tuple[UserId, ...] = ()
    round: int = 0
    step: int = 0
    next_at: datetime | None = None
    responder: UserId | None = None
    acked_at: datetime | None = None
    unsent: tuple[UserId, ...] = ()
    """Once the ladder has gone by: who was to be paged, and Slack has not taken it."""
    everyone_paged: bool = False
    left: bool = False
    """Whoever acknowledged may not read the escalation any more."""
    may_lead: bool = True
    """Whoever acknowledged works on it; who only reads may not take its ownership."""
    paged_at: datetime | None = None
    """When those were paged who are asked now."""
    follows: Follows | None = None

    @property
    def answer_by(self) -> datetime:
        """When the people answer who are asked now: after the first step, when theirs ends."""
        behind_the_first = self.paged_at is not None and self.paged_at > self.started_at
        return self.next_at if behind_the_first and self.next_at else self.ack_due_at

    def overdue(self, now: datetime) -> bool:
        return self.state is RunState.PAGING and now > self.ack_due_at


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task or follow-up; `text` is None where the reader may not have it."""

    id: TaskId
    head: Head
    assignee: UserId
    text: str | None
    due_at: datetime
    follow_up: bool = False
    done: bool = False

    def overdue(self, now: datetime) -> bool:
        return not self.done and now > self.due_at


@dataclass(frozen=True, slots=True)
class DecisionLine:
    actions: tuple[str, ...]
    scope: str
    clause: str
    policy_version: str
    rationale: str
    dissent: str
    approvers: tuple[UserId, ...]
    precedent: str
    by: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """The incident as its channel shows it, pinned and edited in place.

    `in_thread`: the channel could not be made; the card stands in a shared channel and shows only
    what a broadcast may.
    """

    head: Head
    teams: tuple[TeamRow, ...]
    tasks: tuple[TaskLine, ...]
    decisions: tuple[DecisionLine, ...]
    now: datetime
    in_thread: bool = False

    @property
    def waits(self) -> bool:
        """Whether a team has not answered yet; who is on its list may, before their turn."""
        return any(row.state in UNANSWERED for row in self.teams)

    @property
    def unowned(self) -> bool:
        """Whether people work on it, and no one answers for it as a whole."""
        acknowledged = any(row.responder for row in self.teams)
        return self.head.full and self.head.is_open and self.head.owner is None and acknowledged


@dataclass(frozen=True, slots=True)
class MovedCard:
    """What is left of a card in a shared channel once the incident has a channel of its own."""

    head: Head


@dataclass(frozen=True, slots=True)
class PageMessage:
    """What a paged person reads. Where its words may not be shown, `reasons` hold none.

    `answer_by` is when this person's step ends; None where it is over, or the run is. `follows`:
    what the run does then. `place`: how the page of the person stands in whose place the reader is
    asked. `asked_before`: they hold an earlier page of the run; `asked_again`: a
    later one. `ended`: the incident has, so nobody is asked any more.
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

    @property
    def in_person(self) -> bool:
        """Whether nobody but the reader was asked for, in no team's name."""
        return self.team == PERSON_PREFIX + self.target

    @property
    def in_place_of(self) -> UserId | None:
        """The person who was asked for, where the reader is paged as a manager on duty."""
        if self.in_person or not self.team.startswith(PERSON_PREFIX):
            return None
        return UserId(self.team.removeprefix(PERSON_PREFIX))

    @property
    def overdue(self) -> bool:
        """Whether the time for an answer was over when the page came."""
        return self.answer_by is not None and self.paged_at >= self.answer_by


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A timeline entry. `data` is what `services` recorded; see docs/reference for each kind."""

    seq: int
    at: datetime
    actor: UserId
    kind: EntryKind
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """A timeline entry that is said aloud in the incident's channel.

    `then`: what is to be done about it is still to be done.
    """

    head: Head
    entry: EntryLine
    then: bool = True


@dataclass(frozen=True, slots=True)
class Details:
    """`/escalate show` and the Timeline form."""

    card: Card
    entries: tuple[EntryLine, ...]
    more_entries: int = 0


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
class ReminderLine:
    """A free reminder that waits. `text` is None where its escalation's words may not be shown."""

    id: str
    due_at: datetime
    text: str | None
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class Reminders:
    """`/escalate reminders`: those of one person that wait, the first due first."""

    lines: tuple[ReminderLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TaskReminder:
    """To its assignee, or `instead` to who answers for the incident: the assignee is kept out.

    `summary` is what whoever handed it over (`by`) wants them to know.
    """

    task: TaskLine
    now: datetime
    late: bool = False
    instead: bool = False
    summary: str = ""
    by: UserId | None = None
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
    team's row says who is paged now. `ended`: the incident has.
    """

    head: Head
    team: TeamRow
    tried: tuple[UserId, ...]
    ended: bool = False

    @property
    def asks(self) -> bool:
        """Whether the team is still being paged."""
        return self.team.state is RunState.PAGING and not self.ended


@dataclass(frozen=True, slots=True)
class ExhaustedMessage:
    """Nobody acknowledged: to the escalation manager. `ended`: the incident has."""

    head: Head
    team: TeamRow
    tried: tuple[UserId, ...]
    untold: tuple[UserId, ...] = ()
    """Whose page Slack has not taken."""
    ended: bool = False
    again: bool = False
    """Whether the team was paged again after this was said."""
    may_repeat: bool = False

    @property
    def asks(self) -> bool:
        """Whether somebody still has to be found."""
        return self.team.state is RunState.EXHAUSTED and not self.ended and not self.again


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """To who may give access. Once it is answered: how, and where we know, by whom and when.

    `by_hand`: nobody asked, somebody (`added_by`) brought this person into the channel.
    """

    id: RequestId
    head: Head
    asker: UserId
    by_hand: bool = False
    added_by: UserId | None = None
    outcome: Outcome | None = None
    by: UserId | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """To whoever asked; `by` is None where nobody was left to be asked.

    `because` is what the one who refused wants them to know.
    """

    head: Head
    granted: bool
    by: UserId | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Older:
    """What a search has not looked at: those before a reference. `words` is what was sought.

    `cut_short`: the search ended because it had looked at enough, not because it found enough.
    """

    before: str
    words: str
    cut_short: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """`/escalate list` and `search`. `about` is the filter as the person typed it."""

    about: str
    heads: tuple[Head, ...]
    now: datetime
    total: int = 0
    overdue_pages: Mapping[str, int] = field(default_factory=dict)
    older: Older | None = None


@dataclass(frozen=True, slots=True)
class Home:
    reader: UserId
    pages: tuple[PageMessage, ...]
    tasks: tuple[TaskLine, ...]
    mine: tuple[Head, ...]
    open: tuple[Head, ...]
    now: datetime
    total_open: int = 0
    may_open: bool = True
    reminders: Reminders = Reminders((), 0)


@dataclass(frozen=True, slots=True)
class OnCallPerson:
    """`at`: the moment as their own clock shows it."""

    user: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class OnCallStep:
    """Who is paged so long after the first, if no one has acknowledged."""

    after: timedelta
    people: tuple[OnCallPerson, ...]


@dataclass(frozen=True, slots=True)
class OnCallLine:
    """One team's first round; without steps it has no one who could be paged."""

    team: TeamKey
    name: str
    steps: tuple[OnCallStep, ...]
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class OnCall:
    """Whom each team would page for an escalation of this severity, or for `reference`."""

    severity: Severity
    lines: tuple[OnCallLine, ...]
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What the opening form or `/escalate open` asks for; keys are the policy's."""

    title: str
    severity: Severity
    category: str
    surface: str | None = None
    market: str | None = None
    source: str | None = None
    references: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    teams: tuple[TeamKey, ...] | None = None
    tier: Tier = Tier.STANDARD
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody may have meant who typed `open`; nothing is opened until they say which."""

    severity: Severity
    title: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening brought about: said to the person at once."""

    head: Head
    paged: tuple[TeamRow, ...]
    unreachable_teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WillPage:
    """A team or a person that a change of severity pages: `again` where it had been paged before.

    `targets` is empty where nobody can be reached. `next_at`: it is slower now, until then;
    `follows` is what its run does then.
    """

    name: str
    targets: tuple[UserId, ...]
    again: bool = False
    next_at: datetime | None = None
    follows: Follows | None = None


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    """What a change of severity brought about: said to the person at once."""

    reference: str
    severity: Severity
    paged: tuple[WillPage, ...]
    slower: tuple[WillPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Assigned:
    """Somebody was made the owner; to them."""

    head: Head
    by: UserId
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class RoomLost:
    """The channel of an open escalation was archived; to those who answer for it.

    `again_at`: when another is made. None: it is not without a channel any more, or it has ended.
    """

    head: Head
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class DigestView:
    """One digest as it is sent: titles in it are already what a broadcast may show."""

    name: str
    figures: DigestFigures
    late_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beyond:
    """What shows an incident's words and cannot be edited: a message that left Slack (`person`, by
    which `way`, when), or its old public `channel`."""

    person: UserId | None = None
    way: str = ""
    at: datetime | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction changed (`fields`), and where the old words stay if it was `tightened`.

    `title`: the new one, of a standard incident.
    """

    reference: str
    fields: tuple[str, ...]
    title: str = ""
    tightened: bool = False
    beyond: tuple[Beyond, ...] = ()
    paged: tuple[WillPage, ...] = ()


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
