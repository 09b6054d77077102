"""Due work: rows that become due once. Claims and their ends."""

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
"""In the very words of the partial index: given as a parameter, the index would not serve."""


class DueWork(NamedTuple):
    """A timer that this worker holds. In the order of `_TOLD`, behind its workspace."""

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
# Not the bare column, here and in the index: SQLite would take the unique one, which begins with
# it, and read every step that there ever was.
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

    An occurrence that was withdrawn and is wanted again (snoozed until tomorrow twice) is due
    again. One that is done stays done.
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
    """Take what is due: steps of pages before all else, then the oldest first.

    A kind that is not in `kinds` is left alone.
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
    """Take what is due for this transaction, the oldest first; `end` it there, or it stays due.

    Without a lease: for work that is done within the transaction. It waits for nobody: what
    another one has its hands on is passed over.
    """
    wanted = _due_others(tx.dialect, whole=True)
    due = tx.listed(wanted, now=now, real=real, room=limit, kinds=list(map(str, kinds)))
    return list(map(_due_work, due))


def end(tx: Transaction, held: Sequence[DueWork]) -> None:
    """Mark done what this transaction holds."""
    if held:
        tx.run(_end(tx.dialect), [{"ids": [work.id for work in held]}])


def _turn(work: DueWork) -> tuple[bool, datetime, str]:
    return (work.kind is not TimerKind.PAGE_STEP, work.due_at, work.id)


def _due_work(row: Sequence[Any]) -> DueWork:
    team_id, enterprise_id, *told = row
    return DueWork(workspace_of(team_id, enterprise_id), *told)


def finish(tx: Transaction, work: DueWork) -> bool:
    """Mark it done, in the transaction of its effects; False when it is no longer ours to do."""
    return tx.run(_FINISH, [{"held_id": work.id, "held_fence": work.fence}]) == 1


def finish_all(tx: Transaction, works: Sequence[DueWork]) -> list[DueWork]:
    """Mark several done; return those that were still ours to do."""
    fences = {work.id: work.fence for work in works}
    held = tx.execute(_HELD, {"ids": list(fences)}).mappings()
    held_by_us = {row["id"] for row in held if row["fence"] == fences[row["id"]]}
    ours = [work for work in works if work.id in held_by_us]
    end(tx, ours)
    return ours


def heal(tx: Transaction, *, now: datetime, real: datetime, lease: timedelta) -> int:
    """Free what is held until a time that was told by a clock which has been set back."""
    ahead = col(Timer.lease_until) > real + 2 * lease
    held = update(core(Timer)).where(_IS_DUE, col(Timer.due_at) <= now, ahead)
    return tx.changed(held.values(lease_until=real))


def cancel(tx: Transaction, kind: TimerKind, subject: str) -> int:
    """Withdraw what is still due for a subject."""
    return tx.run(_CANCEL, [{"of_kind": kind, "of_subject": subject}])


def renew(tx: Transaction, kind: TimerKind, subject: str, occurrence: str, after: datetime) -> None:
    """Have a withdrawn occurrence be due again, unless its moment has passed by `after`."""
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
    """Withdraw what is still due of these kinds for an incident."""
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
    """Count what has been done of a kind for an incident, of what was due after a moment."""
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
    """Return when the next timer becomes due."""
    soonest: datetime | None = tx.execute(
        select(func.min(col(Timer.due_at))).where(_IS_DUE, col(Timer.due_at) > after)
    ).scalar()
    return soonest


def oldest_overdue(tx: Transaction, now: datetime) -> datetime | None:
    """Return since when the oldest timer has been due."""
    oldest: datetime | None = tx.execute(
        select(func.min(col(Timer.due_at))).where(_IS_DUE, col(Timer.due_at) <= now)
    ).scalar()
    return oldest
