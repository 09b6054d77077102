"""The figures of the weekly digest, counted from plain facts. No words, no locale."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial

from bot.domain.digest_facts import AckFact, DigestFacts, IncidentFact, TaskFact
from bot.domain.ids import TeamKey, UserId
from bot.domain.paging import PERSON_PREFIX
from bot.domain.severity import Severity
from bot.domain.weeks import Occurrence as Occurrence
from bot.domain.weeks import Period as Period
from bot.domain.weeks import next_occurrence as next_occurrence
from bot.domain.weeks import periods_due as periods_due
from bot.domain.weeks import week_until as week_until

BASELINE_WEEKS = 12
LEAST_WEEKS = 8
"""Under so many weeks of history there is no baseline, and the digest says so."""

OLDEST = 5
NOT_STATED = ""
"""The key of incidents whose reporter left a field empty."""
PAGED_DIRECTLY = TeamKey(PERSON_PREFIX)
"""The key under which all stand who were paged by name, and in no team's."""
WEEK = timedelta(days=7)
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, and the mean of the same count in `weeks` earlier weeks.

    `mean` is None while there are fewer than eight: insufficient history.
    """

    count: int
    mean: float | None
    weeks: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: incidents opened and closed in the period, and open at its end.

    `key` is the policy's, NOT_STATED, or PAGED_DIRECTLY.
    """

    key: str
    opened: int
    closed: int
    open: int


@dataclass(frozen=True, slots=True)
class Proportion:
    """`hits` of `n`, with the Wilson interval at 95 %."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.n


@dataclass(frozen=True, slots=True)
class AckFigures:
    """Teams asked in the period. The times are of the `acked` ones only; `unanswered` says how
    many they leave out. `attainment` leaves out who still has time to answer, too."""

    asked: int
    acked: int
    unanswered: int
    median: timedelta | None
    p90: timedelta | None
    attainment: Proportion | None


@dataclass(frozen=True, slots=True)
class TeamAcks:
    team: TeamKey
    figures: AckFigures


@dataclass(frozen=True, slots=True)
class OpenIncident:
    incident: IncidentFact
    age: timedelta


class DeadlineKind(StrEnum):
    UPDATE = "update"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is or was due; `text` is the incident's title or the task."""

    kind: DeadlineKind
    reference: str
    text: str
    owner: UserId | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DigestFigures:
    """`opened`, `closed` and `open` count all; `restricted` says how many of them are masked.

    Everything behind `restricted` is about the others alone.
    """

    period: Period
    opened: Figure
    closed: Figure
    open: Figure
    restricted: Row
    by_severity: tuple[Row, ...]
    by_category: tuple[Row, ...]
    by_surface: tuple[Row, ...]
    by_team: tuple[Row, ...]
    acks: AckFigures
    acks_by_team: tuple[TeamAcks, ...]
    oldest_open: tuple[OpenIncident, ...]
    overdue: tuple[Deadline, ...]
    next_week: tuple[Deadline, ...]


def figures(facts: DigestFacts, period: Period) -> DigestFigures:
    """Count everything as it stood at the end of the period."""
    severities = [severity.value for severity in Severity]
    weeks = _Weeks(facts.incidents)
    masked = [_moved(incident, period) for incident in facts.incidents if incident.masked]
    shown = [incident for incident in facts.incidents if not incident.masked]
    moves = [_moved(incident, period) for incident in shown]
    rows = partial(_rows, shown, moves)
    deadlines = _deadlines(shown, facts.tasks, period.end)
    return DigestFigures(
        period=period,
        opened=_figure(facts, period, weeks.opened),
        closed=_figure(facts, period, weeks.closed),
        open=_figure(facts, period, weeks.open),
        restricted=_row("restricted", masked),
        by_severity=rows(lambda i: [i.severity.value], severities),
        by_category=rows(lambda i: [i.category]),
        by_surface=rows(lambda i: [i.surface]),
        by_team=rows(lambda i: list(dict.fromkeys(map(_in_teams, i.teams)))),
        acks=ack_figures(facts.acks, period),
        acks_by_team=_acks_by_team(facts, period),
        oldest_open=_oldest(shown, period),
        overdue=tuple(due for due in deadlines if due.due_at < period.end),
        next_week=tuple(d for d in deadlines if period.end <= d.due_at < period.end + WEEK),
    )


def wilson(hits: int, n: int) -> Proportion:
    """Return the share with its Wilson score interval, which holds for few cases too; n > 0."""
    share, z2 = hits / n, Z_95 * Z_95
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Proportion(hits, n, max(0.0, centre - reach), min(1.0, centre + reach))


def middle(lengths: Sequence[timedelta]) -> timedelta:
    """Return the median; of an even number, halfway between the two in the middle."""
    ordered, half = sorted(lengths), len(lengths) // 2
    return (ordered[half] + ordered[~half]) / 2


def ninetieth(lengths: Sequence[timedelta]) -> timedelta:
    """Return the 90th percentile by nearest rank: a length that did occur."""
    return sorted(lengths)[math.ceil(0.9 * len(lengths)) - 1]


def ack_figures(acks: Iterable[AckFact], period: Period) -> AckFigures:
    """Count the answers that were there at the end of the period to what was asked in it."""
    asked = [ack for ack in acks if ack.paged_at in period]
    took = [
        ack.acked_at - ack.paged_at
        for ack in asked
        if ack.acked_at is not None and ack.acked_at < period.end
    ]
    kept = [_kept(ack, period.end) for ack in asked]
    judged = [answer for answer in kept if answer is not None]
    return AckFigures(
        asked=len(asked),
        acked=len(took),
        unanswered=len(asked) - len(took),
        median=middle(took) if took else None,
        p90=ninetieth(took) if took else None,
        attainment=wilson(sum(judged), len(judged)) if judged else None,
    )


def _kept(ack: AckFact, end: datetime) -> bool | None:
    """Whether the promise was kept; None while it may still be."""
    if ack.acked_at is not None and ack.acked_at < end:
        return ack.acked_at <= ack.due_at
    return False if ack.due_at < end else None


class _Weeks:
    """The moments of incidents, in order: a week is counted by two looks, not by all of them."""

    def __init__(self, incidents: Iterable[IncidentFact]) -> None:
        incidents = list(incidents)
        self._opened = sorted(each.opened_at for each in incidents)
        self._closed = sorted(each.closed_at for each in incidents if each.closed_at)
        # Closed before it was opened, if ever: then it was never open.
        self._over = sorted(
            max(each.opened_at, each.closed_at) for each in incidents if each.closed_at
        )

    def opened(self, period: Period) -> int:
        return _between(self._opened, period)

    def closed(self, period: Period) -> int:
        return _between(self._closed, period)

    def open(self, period: Period) -> int:
        """How many were open at the end of it."""
        return bisect_left(self._opened, period.end) - bisect_left(self._over, period.end)


def _between(moments: Sequence[datetime], period: Period) -> int:
    return bisect_left(moments, period.end) - bisect_left(moments, period.start)


def _figure(facts: DigestFacts, period: Period, count: Callable[[Period], int]) -> Figure:
    weeks = [period.earlier(number) for number in range(1, BASELINE_WEEKS + 1)]
    known = [count(week) for week in weeks if week.start >= facts.since]
    mean = sum(known) / len(known) if len(known) >= LEAST_WEEKS else None
    return Figure(count(period), mean, len(known))


Moves = tuple[bool, bool, bool]
"""Whether an incident was opened in the period, closed in it, and open at its end."""


def _moved(incident: IncidentFact, period: Period) -> Moves:
    closed = incident.closed_at is not None and incident.closed_at in period
    return incident.opened_at in period, closed, incident.open_at(period.end)


def _in_teams(team: TeamKey) -> TeamKey:
    """A table names teams; a person who was paged is no row of it."""
    return PAGED_DIRECTLY if team.startswith(PERSON_PREFIX) else team


def _row(key: str, moves: Sequence[Moves]) -> Row:
    return (
        Row(key, *(sum(each) for each in zip(*moves, strict=True))) if moves else Row(key, 0, 0, 0)
    )


def _rows(
    incidents: Sequence[IncidentFact],
    moves: Sequence[Moves],
    keys_of: Callable[[IncidentFact], Sequence[str]],
    order: Sequence[str] | None = None,
) -> tuple[Row, ...]:
    """One row a key, an incident in every row whose key it has; busiest first, or in `order`."""
    groups: dict[str, list[Moves]] = {key: [] for key in order or ()}
    for incident, moved in zip(incidents, moves, strict=True):
        if order is None and not any(moved):
            continue
        for key in keys_of(incident):
            groups.setdefault(key, []).append(moved)
    rows = [_row(key, group) for key, group in groups.items()]
    if order is not None:
        return tuple(rows)
    return tuple(sorted(rows, key=lambda row: (-row.opened, -row.open, -row.closed, row.key)))


def _acks_by_team(facts: DigestFacts, period: Period) -> tuple[TeamAcks, ...]:
    asked: dict[TeamKey, list[AckFact]] = {}
    for ack in facts.acks:
        if ack.paged_at in period:
            asked.setdefault(_in_teams(ack.team), []).append(ack)
    return tuple(TeamAcks(team, ack_figures(asked[team], period)) for team in sorted(asked))


def _oldest(incidents: Sequence[IncidentFact], period: Period) -> tuple[OpenIncident, ...]:
    open_ones = [incident for incident in incidents if incident.open_at(period.end)]
    oldest = sorted(open_ones, key=lambda incident: (incident.opened_at, incident.reference))
    return tuple(OpenIncident(i, period.end - i.opened_at) for i in oldest[:OLDEST])


def _deadlines(
    incidents: Iterable[IncidentFact], given: Iterable[TaskFact], at: datetime
) -> Sequence[Deadline]:
    """Everything not done at the moment `at`, soonest first."""
    updates = [
        Deadline(DeadlineKind.UPDATE, i.reference, i.title, i.owner, i.update_due_at)
        for i in incidents
        if i.update_due_at is not None and i.open_at(at)
    ]
    tasks = [
        Deadline(DeadlineKind.TASK, task.reference, task.text, task.owner, task.due_at)
        for task in given
        if task.done_at is None or task.done_at >= at
    ]
    return sorted(
        [*updates, *tasks], key=lambda due: (due.due_at.astimezone(UTC), due.reference, due.kind)
    )
