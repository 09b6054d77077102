"""Due work: rows that become due once, the claims on them, and how claims end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    String,
    bindparam,
    func,
    or_,
    select,
    text,
    type_coerce,
    update,
)
from sqlmodel import col

from bot.domain.act import Workspace
from bot.domain.duework.timer_states import TimerState
from bot.domain.ids import new_id
from bot.domain.kinds import TimerKind
from bot.store.sql.columns import Instant, workspace_of
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import Timer
from bot.store.transaction import Transaction, core, insert_or

LEASE = timedelta(seconds=30)
_IS_DUE = text("timer.state = 'due'")
"""Has the exact words of the partial index. With a parameter, the database cannot use the index."""


class DueWork(NamedTuple):
    """A timer that this worker holds. After `workspace`, the fields are in the order of `_TOLD`."""

    workspace: Workspace
    id: str
    kind: TimerKind
    subject: str
    occurrence: str
    incident_id: str | None
    due_at: datetime
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class NewTimer:
    kind: TimerKind
    subject: str
    occurrence: str
    due_at: datetime
    incident_id: str | None = None


_CANCEL = Prepared(
    update(core(Timer))
    .where(
        col(Timer.kind) == bindparam("of_kind"),
        col(Timer.subject) == bindparam("of_subject"),
        col(Timer.state) == TimerState.DUE,
    )
    .values(state=TimerState.CANCELLED)
)
_FINISH = Prepared(
    update(core(Timer))
    .where(
        col(Timer.id) == bindparam("held_id"),
        col(Timer.fence) == bindparam("held_fence"),
        col(Timer.state) == TimerState.DUE,
    )
    .values(state=TimerState.DONE)
)


def _due(*narrower: Any, shown: Sequence[Any] = (col(Timer.id),)) -> Any:
    return (
        select(*shown)
        .where(
            _IS_DUE,
            col(Timer.due_at) <= bindparam("now", type_=Instant),
            or_(
                col(Timer.lease_until).is_(None),
                col(Timer.lease_until) <= bindparam("real", type_=Instant),
            ),
            *narrower,
        )
        .order_by(col(Timer.due_at), col(Timer.id))
        .limit(bindparam("room"))
        .with_for_update(skip_locked=True)
    )


_TOLD = tuple(
    col(column)
    for column in (
        Timer.team_id,
        Timer.enterprise_id,
        Timer.id,
        Timer.kind,
        Timer.subject,
        Timer.occurrence,
        Timer.incident_id,
        Timer.due_at,
        Timer.fence,
        Timer.attempts,
    )
)
# Not the bare column, here and in the index: SQLite would use the unique index, which begins with
# that column, and read every step ever planned.
_DUE_STEPS = Prepared(_due(text("timer.kind || '' = 'page step'")))


@cache
def _due_others(dialect: str, *, whole: bool) -> Prepared:
    # Not the bare column here either.
    kind = type_coerce(col(Timer.kind), String).concat("")
    wanted = one_of(dialect, kind, "kinds")
    return Prepared(_due(wanted, shown=_TOLD) if whole else _due(wanted))


@cache
def _take(dialect: str) -> Prepared:
    taken = update(core(Timer)).where(one_of(dialect, col(Timer.id), "ids"))
    leased = taken.values(
        lease_until=bindparam("until"),
        fence=col(Timer.fence) + 1,
        attempts=col(Timer.attempts) + 1,
    )
    return Prepared(leased.returning(*_TOLD))


@cache
def _end(dialect: str) -> Prepared:
    ended = update(core(Timer)).where(one_of(dialect, col(Timer.id), "ids"))
    return Prepared(ended.values(state=TimerState.DONE))


_HELD = (
    select(col(Timer.id), col(Timer.fence))
    .where(col(Timer.id).in_(bindparam("ids", expanding=True)), _IS_DUE)
    .order_by(col(Timer.id))
    .with_for_update()
)


def plan(tx: Transaction, workspace: Workspace, now: datetime, timers: Iterable[NewTimer]) -> None:
    """Add timers that are not there yet.

    An occurrence that was withdrawn and is planned again (a task snoozed until tomorrow twice)
    becomes due again. One that is done stays done.
    """
    occurrences: dict[tuple[str, str, str], NewTimer] = {}
    for timer in timers:
        occurrences.setdefault((timer.kind, timer.subject, timer.occurrence), timer)
    tx.put(_plan(tx.dialect), [_row(workspace, now, timer) for timer in occurrences.values()])


@cache
def _plan(dialect: str) -> Prepared:
    wanted = insert_or(dialect, Timer)
    added = wanted.on_conflict_do_update(
        index_elements=[col(Timer.kind), col(Timer.subject), col(Timer.occurrence)],
        set_={
            "state": TimerState.DUE,
            "due_at": wanted.excluded.due_at,
            "lease_until": None,
            "fence": col(Timer.fence) + 1,
            "attempts": 0,
        },
        where=col(Timer.state) == TimerState.CANCELLED,
    )
    return Prepared(added)


def _row(workspace: Workspace, now: datetime, timer: NewTimer) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "team_id": workspace.team_id,
        "enterprise_id": workspace.enterprise_id,
        "kind": timer.kind,
        "subject": timer.subject,
        "occurrence": timer.occurrence,
        "incident_id": timer.incident_id,
        "state": TimerState.DUE,
        "due_at": timer.due_at,
        "fence": 0,
        "attempts": 0,
    }


def claim(
    tx: Transaction,
    *,
    now: datetime,
    real: datetime,
    limit: int,
    kinds: Sequence[TimerKind] = tuple(TimerKind),
    lease: timedelta = LEASE,
) -> list[DueWork]:
    """Take due timers: first the steps of pages, then the others, the oldest first.

    Timers of other kinds than `kinds` stay where they are.
    """
    times = {"now": now, "real": real}
    others = [str(kind) for kind in kinds if kind is not TimerKind.PAGE_STEP]
    due: list[tuple[str]] = []
    if TimerKind.PAGE_STEP in kinds:
        due += tx.listed(_DUE_STEPS, **times, room=limit)
    if others and len(due) < limit:
        rest = _due_others(tx.dialect, whole=False)
        due += tx.listed(rest, **times, kinds=others, room=limit - len(due))
    if not due:
        return []
    taken = tx.listed(_take(tx.dialect), ids=[each for (each,) in due], until=real + lease)
    return sorted(map(_due_work, taken), key=_turn)


def hold(
    tx: Transaction, *, now: datetime, real: datetime, limit: int, kinds: Sequence[TimerKind]
) -> list[DueWork]:
    """Take due timers for this transaction, the oldest first; `end` them in it, or they stay due.

    There is no lease, because the work is done within the transaction. This never waits: it skips
    rows that another transaction has locked.
    """
    wanted = _due_others(tx.dialect, whole=True)
    due = tx.listed(wanted, now=now, real=real, room=limit, kinds=list(map(str, kinds)))
    return list(map(_due_work, due))


def end(tx: Transaction, held: Sequence[DueWork]) -> None:
    """Mark timers that this transaction holds as done."""
    if held:
        tx.run(_end(tx.dialect), [{"ids": [work.id for work in held]}])


def _turn(work: DueWork) -> tuple[bool, datetime, str]:
    return (work.kind is not TimerKind.PAGE_STEP, work.due_at, work.id)


def _due_work(row: Sequence[Any]) -> DueWork:
    team_id, enterprise_id, *told = row
    return DueWork(workspace_of(team_id, enterprise_id), *told)


def finish(tx: Transaction, work: DueWork) -> bool:
    """Mark a timer done, in the transaction of its effects; False if it is no longer ours."""
    return tx.run(_FINISH, [{"held_id": work.id, "held_fence": work.fence}]) == 1


def finish_all(tx: Transaction, works: Sequence[DueWork]) -> list[DueWork]:
    """Mark several timers done; return those that were still ours."""
    fences = {work.id: work.fence for work in works}
    held = tx.execute(_HELD, {"ids": list(fences)}).mappings()
    held_by_us = {row["id"] for row in held if row["fence"] == fences[row["id"]]}
    ours = [work for work in works if work.id in held_by_us]
    end(tx, ours)
    return ours


def heal(tx: Transaction, *, now: datetime, real: datetime, lease: timedelta) -> int:
    """Free timers whose lease ends too late, because a clock was ahead and has been set back."""
    ahead = col(Timer.lease_until) > real + 2 * lease
    held = update(core(Timer)).where(_IS_DUE, col(Timer.due_at) <= now, ahead)
    return tx.changed(held.values(lease_until=real))


def cancel(tx: Transaction, kind: TimerKind, subject: str) -> int:
    """Withdraw a subject's timers of this kind that are still due; return how many."""
    return tx.run(_CANCEL, [{"of_kind": kind, "of_subject": subject}])


def renew(tx: Transaction, kind: TimerKind, subject: str, occurrence: str, after: datetime) -> None:
    """Make a withdrawn occurrence due again, if its time is later than `after`."""
    tx.changed(
        update(Timer)
        .where(
            col(Timer.kind) == kind,
            col(Timer.subject) == subject,
            col(Timer.occurrence) == occurrence,
            col(Timer.state) == TimerState.CANCELLED,
            col(Timer.due_at) > after,
        )
        .values(state=TimerState.DUE, lease_until=None, fence=col(Timer.fence) + 1, attempts=0)
    )


def cancel_for_incident(tx: Transaction, incident_id: str, kinds: Sequence[TimerKind]) -> int:
    """Withdraw an incident's timers of these kinds that are still due; return how many."""
    return tx.changed(
        update(Timer)
        .where(
            col(Timer.incident_id) == incident_id,
            col(Timer.kind).in_(kinds),
            col(Timer.state) == TimerState.DUE,
        )
        .values(state=TimerState.CANCELLED)
    )


def count_done(tx: Transaction, kind: TimerKind, incident_id: str, after: datetime) -> int:
    """Count an incident's timers of a kind that are done and were due later than `after`."""
    done: int = tx.execute(
        select(func.count())
        .select_from(Timer)
        .where(
            col(Timer.incident_id) == incident_id,
            col(Timer.kind) == kind,
            col(Timer.state) == TimerState.DONE,
            col(Timer.due_at) > after,
        )
    ).scalar_one()
    return done


def next_due(tx: Transaction, after: datetime) -> datetime | None:
    """Return when the next timer later than `after` becomes due."""
    soonest: datetime | None = tx.execute(
        select(func.min(col(Timer.due_at))).where(_IS_DUE, col(Timer.due_at) > after)
    ).scalar()
    return soonest


def oldest_overdue(tx: Transaction, now: datetime) -> datetime | None:
    """Return the due time of the oldest overdue timer."""
    oldest: datetime | None = tx.execute(
        select(func.min(col(Timer.due_at))).where(_IS_DUE, col(Timer.due_at) <= now)
    ).scalar()
    return oldest
