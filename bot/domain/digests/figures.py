"""The figures of the weekly digest, counted from plain facts. No text, no locale."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial

from bot.domain.digests.facts import AckFact, DigestFacts, IncidentFact, in_teams
from bot.domain.digests.response_times import AckFigures, TeamAcks, ack_figures, acks_by_team
from bot.domain.digests.weeks import Period
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import person_of

BASELINE_WEEKS = 12
LEAST_WEEKS = 8
"""With fewer weeks of history there is no baseline, and the digest says so."""

OLDEST = 5
NOT_STATED = ""
"""The key for incidents whose reporter left a field empty."""
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, and the mean of the same count in `weeks` earlier weeks.

    `mean` is None with fewer than LEAST_WEEKS weeks: there is not enough history.
    """

    count: int
    mean: float | None
    weeks: int


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """One row of a table: incidents opened and closed in the period, and open at its end.

    `key` is a key from the policy, a severity, NOT_STATED, or PAGED_DIRECTLY.
    """

    key: str
    opened: int
    closed: int
    open: int


@dataclass(frozen=True, slots=True)
class OpenIncident:
    incident: IncidentFact
    age: timedelta


class DeadlineKind(StrEnum):
    ANSWER = "answer"
    UPDATE = "update"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is or was due.

    `text`: the incident's title, or the task's text. `ended`: the incident had ended by the end of
    the period. `team`: the team that owes an answer. If a person owes it, they are the `owner`.
    """

    kind: DeadlineKind
    reference: str
    text: str
    owner: UserId | None
    due_at: datetime
    ended: bool = False
    team: TeamKey | None = None


@dataclass(frozen=True, slots=True)
class DigestFigures:
    """The figures of one digest.

    `opened`, `closed` and `open` count all incidents. `restricted` counts the masked ones among
    them. The fields after `restricted` are about the other incidents only. Anything past its due
    time is in `overdue` for open incidents, and in `left` for ended ones.
    """

    period: Period
    opened: Figure
    closed: Figure
    open: Figure
    restricted: FiguresRow
    by_severity: tuple[FiguresRow, ...]
    by_category: tuple[FiguresRow, ...]
    by_surface: tuple[FiguresRow, ...]
    by_team: tuple[FiguresRow, ...]
    acks: AckFigures
    acks_by_team: tuple[TeamAcks, ...]
    oldest_open: tuple[OpenIncident, ...]
    overdue: tuple[Deadline, ...]
    left: tuple[Deadline, ...]
    next_week: tuple[Deadline, ...]


def figures(facts: DigestFacts, period: Period) -> DigestFigures:
    """Count everything as it was at the end of the period."""
    severities = [severity.value for severity in Severity]
    weeks = _Weeks(facts.incidents)
    masked = [_moved(incident, period) for incident in facts.incidents if incident.masked]
    shown = [incident for incident in facts.incidents if not incident.masked]
    moves = [_moved(incident, period) for incident in shown]
    rows = partial(_rows, shown, moves)
    deadlines = _deadlines(shown, facts, period.end)
    return DigestFigures(
        period=period,
        opened=_figure(facts, period, weeks.opened),
        closed=_figure(facts, period, weeks.closed),
        open=_figure(facts, period, weeks.open),
        restricted=_row("restricted", masked),
        by_severity=rows(lambda i: [i.severity.value], severities),
        by_category=rows(lambda i: [i.category]),
        by_surface=rows(lambda i: [i.surface]),
        by_team=rows(lambda i: list(dict.fromkeys(map(in_teams, i.teams)))),
        acks=ack_figures(facts.acks, period),
        acks_by_team=acks_by_team(facts.acks, period),
        oldest_open=_oldest(shown, period),
        overdue=tuple(due for due in deadlines if due.due_at < period.end and not due.ended),
        left=tuple(due for due in deadlines if due.due_at < period.end and due.ended),
        next_week=tuple(d for d in deadlines if period.end <= d.due_at < period.end + WEEK),
    )


class _Weeks:
    """The incidents' moments in order, so that counting a week takes two look-ups, not a scan."""

    def __init__(self, incidents: Iterable[IncidentFact]) -> None:
        incidents = list(incidents)
        self._opened = sorted(each.opened_at for each in incidents)
        self._closed = sorted(each.closed_at for each in incidents if each.closed_at)
        # An incident that was closed before it was opened, if there is one, was never open.
        self._over = sorted(
            max(each.opened_at, each.closed_at) for each in incidents if each.closed_at
        )

    def opened(self, period: Period) -> int:
        return _between(self._opened, period)

    def closed(self, period: Period) -> int:
        return _between(self._closed, period)

    def open(self, period: Period) -> int:
        """Return how many incidents were open at the end of the period."""
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


def _row(key: str, moves: Sequence[Moves]) -> FiguresRow:
    return (
        FiguresRow(key, *(sum(each) for each in zip(*moves, strict=True)))
        if moves
        else FiguresRow(key, 0, 0, 0)
    )


def _rows(
    incidents: Sequence[IncidentFact],
    moves: Sequence[Moves],
    keys_of: Callable[[IncidentFact], Sequence[str]],
    order: Sequence[str] | None = None,
) -> tuple[FiguresRow, ...]:
    """Return one row per key, the busiest first, or in `order`.

    An incident counts in the row of each of its keys.
    """
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


def _oldest(incidents: Sequence[IncidentFact], period: Period) -> tuple[OpenIncident, ...]:
    open_ones = [incident for incident in incidents if incident.open_at(period.end)]
    oldest = sorted(open_ones, key=lambda incident: (incident.opened_at, incident.reference))
    return tuple(OpenIncident(i, period.end - i.opened_at) for i in oldest[:OLDEST])


def _late_answers(
    incidents: Iterable[IncidentFact], acks: Iterable[AckFact], at: datetime
) -> list[Deadline]:
    """Return the answers that paged teams and people owe and did not give in time.

    Only the newest request to each team or person in an incident counts.
    """
    about = {incident.reference: incident for incident in incidents if incident.open_at(at)}
    known = [ack for ack in acks if ack.reference in about and ack.paged_at < at]
    newest = {(ack.reference, ack.team): ack for ack in sorted(known, key=lambda ack: ack.paged_at)}
    return [
        Deadline(
            DeadlineKind.ANSWER,
            ack.reference,
            about[ack.reference].title,
            person_of(ack.team),
            ack.due_at,
            team=None if person_of(ack.team) else ack.team,
        )
        for ack in newest.values()
        if ack.due_at < at and (ack.acked_at is None or ack.acked_at >= at)
    ]


def _deadlines(
    incidents: Sequence[IncidentFact], facts: DigestFacts, at: datetime
) -> Sequence[Deadline]:
    """Return everything not done at the moment `at`, the soonest due first."""
    updates = [
        Deadline(DeadlineKind.UPDATE, i.reference, i.title, i.owner, i.update_due_at)
        for i in incidents
        if i.update_due_at is not None and i.open_at(at)
    ]
    tasks = [
        Deadline(
            DeadlineKind.TASK,
            task.reference,
            task.text,
            task.owner,
            task.due_at,
            ended=task.ended(at),
        )
        for task in facts.tasks
        if task.done_at is None or task.done_at >= at
    ]
    return sorted(
        [*updates, *tasks, *_late_answers(incidents, facts.acks, at)],
        key=lambda due: (due.due_at.astimezone(UTC), due.reference, due.kind),
    )
