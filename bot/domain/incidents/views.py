"""What people read, as frozen values. Services fill them, and render turns them into text.

Code that fills a `Head` asks `visibility.sight` first. If the reader may not see the title, `name`
is the codename, and the fields that describe the case are None or empty.
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
    """An incident in one line.

    `duplicate_of`: the reference of the original, on a card or a page. `duplicates`: the references
    of its duplicates, on a card. Both hold only references that the reader may see.
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
    """One team's row on the card. `paged`: the people who are asked now, without those who said
    that they can't take it."""

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
    """Set once the ladder has ended: the people whose page Slack has not accepted."""
    everyone_paged: bool = False
    left: bool = False
    """The person who acknowledged may no longer read the escalation."""
    may_lead: bool = True
    """The person who acknowledged belongs to it. A person who only reads may not take ownership."""
    paged_at: datetime | None = None
    """When the people who are asked now were paged."""
    follows: Follows | None = None
    passed: Reason | None = None
    """Set if a person handed over what was asked of this team."""

    @property
    def answer_by(self) -> datetime:
        """The time by which the people asked now should answer.

        After the first step, this is the end of their own step.
        """
        behind_the_first = self.paged_at is not None and self.paged_at > self.started_at
        return self.next_at if behind_the_first and self.next_at else self.ack_due_at

    @property
    def person(self) -> UserId | None:
        """The person who was asked for, if it was not a team."""
        return person_of(self.team)

    def overdue(self, now: datetime) -> bool:
        return self.state is RunState.PAGING and now > self.ack_due_at


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task or follow-up. `text` is None if the reader may not see it."""

    id: TaskId
    head: Head
    assignee: UserId
    text: str | None
    due_at: datetime
    follow_up: bool = False
    done: bool = False

    def overdue(self, now: datetime) -> bool:
        """Tell whether the task is late and its escalation open.

        Once an escalation has ended, its follow-ups can be late, but not overdue.
        """
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
    """The incident as its channel shows it. The bot pins the card and edits it in place.

    `in_thread`: the bot could not make the channel. The card is in a shared channel and shows only
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
        """Whether a team has not answered yet. Anyone on its list may, even before their turn."""
        return any(row.state in UNANSWERED for row in self.teams)

    @property
    def unowned(self) -> bool:
        """Whether people work on the incident, but no one owns it."""
        acknowledged = any(row.responder for row in self.teams)
        return self.head.full and self.head.is_open and self.head.owner is None and acknowledged


@dataclass(frozen=True, slots=True)
class MovedCard:
    """The rest of a card in a shared channel after the incident gets its own channel."""

    head: Head


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A timeline entry. `data` is as `services` recorded it; see docs/reference for each kind."""

    seq: int
    at: datetime
    actor: UserId
    kind: EntryKind
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InCharge:
    """The people to alert once a whole list has passed: `told` already know, `untold` do not."""

    told: tuple[UserId, ...] = ()
    untold: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A timeline entry that the bot posts in the incident's channel.

    `then`: the action that the entry calls for is still open.
    """

    head: Head
    entry: EntryLine
    then: bool = True
    in_charge: InCharge = InCharge()


@dataclass(frozen=True, slots=True)
class Details:
    """`/escalate show` and the Timeline form. `deeds`: what the reader may do there."""

    card: Card
    entries: tuple[EntryLine, ...]
    deeds: frozenset[Deed]
    more_entries: int = 0


@dataclass(frozen=True, slots=True)
class Older:
    """The incidents that a search did not look at: those before the reference `before`.

    `words`: the search terms. `cut_short`: the search stopped because it had looked at enough, not
    because it had found enough.
    """

    before: str
    words: str
    cut_short: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The result of `/escalate list` or `search`.

    `about`: the filter's name, or the search terms if `searched`. `filter`: the filter as typed.
    `ended`: the list is of ended incidents. `may_open`: the reader may open an escalation.
    `asked`: the ids of incidents in which a page waits for the reader.
    """

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
