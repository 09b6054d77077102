"""Due work: rows that become due once. Claims and their ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    RowMapping,
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
from bot.domain.duework import TimerKind, TimerState
from bot.domain.ids import new_id
from bot.store.columns import Instant
from bot.store.prepared import Prepared
from bot.store.tables import Timer
from bot.store.transaction import Transaction, core, insert_or

LEASE = timedelta(seconds=30)
_IS_DUE = text("timer.state = 'due'")
"""In the very words of the partial index: given as a parameter, the index would not serve."""


@dataclass(frozen=True, slots=True)
class DueWork:
    """A timer that this worker holds."""

    id: str
    workspace: Workspace
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


_CANCEL = (
    update(core(Timer))
    .where(
        col(Timer.kind) == bindparam("of_kind"),
        col(Timer.subject) == bindparam("of_subject"),
        col(Timer.state) == TimerState.DUE,
    )
    .values(state=TimerState.CANCELLED)
)


def _due(*narrower: Any) -> Any:
    return (
        select(col(Timer.id))
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


_DUE_STEPS = _due(text("timer.kind = 'page step'"))
_DUE_OTHERS = _due(
    # Not the bare column: SQLite would take the unique index, and read all that ever was due.
    type_coerce(col(Timer.kind), String).concat("").in_(bindparam("kinds", expanding=True))
)
_TAKE = (
    update(core(Timer))
    .where(col(Timer.id).in_(bindparam("ids", expanding=True)))
    .values(
        lease_until=bindparam("until"),
        fence=col(Timer.fence) + 1,
        attempts=col(Timer.attempts) + 1,
    )
    .returning(core(Timer))
)

_HELD = (
    select(col(Timer.id), col(Timer.fence))
    .where(col(Timer.id).in_(bindparam("ids", expanding=True)), _IS_DUE)
    .order_by(col(Timer.id))
    .with_for_update()
)
_FINISH = (
    update(core(Timer))
    .where(col(Timer.id).in_(bindparam("ids", expanding=True)))
    .values(state=TimerState.DONE)
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
    others = [kind for kind in kinds if kind is not TimerKind.PAGE_STEP]
    ids: list[str] = []
    if TimerKind.PAGE_STEP in kinds:
        ids += tx.execute(_DUE_STEPS, {**times, "room": limit}).scalars()
    if others and len(ids) < limit:
        rest = {**times, "kinds": others, "room": limit - len(ids)}
        ids += tx.execute(_DUE_OTHERS, rest).scalars()
    if not ids:
        return []
    taken = tx.execute(_TAKE, {"ids": ids, "until": real + lease})
    return sorted(map(_due_work, taken.mappings()), key=_turn)


def _turn(work: DueWork) -> tuple[bool, datetime, str]:
    return (work.kind is not TimerKind.PAGE_STEP, work.due_at, work.id)


def _due_work(row: RowMapping) -> DueWork:
    return DueWork(
        id=row["id"],
        workspace=Workspace(row["team_id"], row["enterprise_id"]),
        kind=row["kind"],
        subject=row["subject"],
        occurrence=row["occurrence"],
        incident_id=row["incident_id"],
        due_at=row["due_at"],
        fence=row["fence"],
        attempts=row["attempts"],
    )


def finish(tx: Transaction, work: DueWork) -> bool:
    """Mark it done, in the transaction of its effects; False when it is no longer ours to do."""
    return (
        tx.changed(
            update(Timer)
            .where(
                col(Timer.id) == work.id,
                col(Timer.fence) == work.fence,
                col(Timer.state) == TimerState.DUE,
            )
            .values(state=TimerState.DONE)
        )
        == 1
    )


def finish_all(tx: Transaction, works: Sequence[DueWork]) -> list[DueWork]:
    """Mark several done; return those that were still ours to do."""
    fences = {work.id: work.fence for work in works}
    held = tx.execute(_HELD, {"ids": list(fences)}).mappings()
    ours = {row["id"] for row in held if row["fence"] == fences[row["id"]]}
    if ours:
        tx.execute(_FINISH, {"ids": list(ours)})
    return [work for work in works if work.id in ours]


def cancel(tx: Transaction, kind: TimerKind, subject: str) -> int:
    """Withdraw what is still due for a subject."""
    return tx.changed(_CANCEL, {"of_kind": kind, "of_subject": subject})


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


def oldest_overdue(tx: Transaction, now: datetime) -> datetime | None:
    """Return since when the oldest timer has been due."""
    oldest: datetime | None = tx.execute(
        select(func.min(col(Timer.due_at))).where(_IS_DUE, col(Timer.due_at) <= now)
    ).scalar()
    return oldest
