"""What people read, as frozen values: services fill them, render turns them into words.

Whoever fills a `Head` has asked `visibility.sight`: `name` is the title only where the reader may
have it, else the codename; the fields that describe the case are then None or empty.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.access.rights import Deed
from bot.domain.access.visibility import Tier
from bot.domain.ids import IncidentId, RunId, TaskId, TeamKey, UserId
from bot.domain.incidents.lifecycle import OPEN, State
from bot.domain.incidents.needs import Need
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.paging.ladders import UNANSWERED, RunState, person_of
from bot.domain.paging.outlook import Follows
from bot.domain.paging.reasons import Reason


@dataclass(frozen=True, slots=True)
class Head:
    """An incident in one line. `duplicate_of` is the original's reference, `duplicates` are those
    of its duplicates, as far as the reader may see them: of a card, and `duplicate_of` of a page.
    """

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
    duplicates: tuple[str, ...] = ()
    root_cause: str | None = None
    needs: tuple[Need, ...] = ()
    ended_at: datetime | None = None

    @property
    def links(self) -> int:
        """How many of the references are addresses."""
        return sum(one.startswith(("http://", "https://")) for one in self.references)

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
    passed: Reason | None = None
    """Somebody handed over what was asked of it."""

    @property
    def answer_by(self) -> datetime:
        """When the people answer who are asked now: after the first step, when theirs ends."""
        behind_the_first = self.paged_at is not None and self.paged_at > self.started_at
        return self.next_at if behind_the_first and self.next_at else self.ack_due_at

    @property
    def person(self) -> UserId | None:
        """The person who was asked for, where it was no team."""
        return person_of(self.team)

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
        """Of an escalation that has ended nothing is overdue: its follow-ups are late at most."""
        return self.head.is_open and self.late(now)

    def late(self, now: datetime) -> bool:
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
class EntryLine:
    """A timeline entry. `data` is what `services` recorded; see docs/reference for each kind."""

    seq: int
    at: datetime
    actor: UserId
    kind: EntryKind
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InCharge:
    """Who was to hear that a whole list passed, and whether they have."""

    told: tuple[UserId, ...] = ()
    untold: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A timeline entry that is said aloud in the incident's channel.

    `then`: what is to be done about it is still to be done.
    """

    head: Head
    entry: EntryLine
    then: bool = True
    in_charge: InCharge = InCharge()


@dataclass(frozen=True, slots=True)
class Details:
    """`/escalate show` and the Timeline form. `deeds`: what its reader may do there."""

    card: Card
    entries: tuple[EntryLine, ...]
    deeds: frozenset[Deed]
    more_entries: int = 0


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
    """`/escalate list` and `search`. `about`: the filter, or the words `searched` for; `filter`: as
    it is typed. `ended`: of those that have. `may_open`: its reader may open an escalation.
    `asked`: the ids of those in which a page waits for the reader."""

    about: str
    heads: tuple[Head, ...]
    now: datetime
    total: int = 0
    overdue_pages: Mapping[str, int] = field(default_factory=dict)
    older: Older | None = None
    searched: bool = False
    may_open: bool = True
    filter: str = ""
    ended: bool = False
    asked: Collection[str] = frozenset()
