"""Deletes rows that are over and not part of the record, in small batches, the oldest first.

It walks each heap by its primary key (ids begin with their time), so that a batch reads a bounded
number of rows whether they go or stay. It never waits: it leaves rows in use for the next time
(SKIP LOCKED on PostgreSQL; SQLite has one writer).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, assert_never

from sqlalchemy import (
    Executable,
    String,
    and_,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    text,
    type_coerce,
)
from sqlmodel import col

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.duework.timer_states import TimerState
from bot.domain.ids import first_id
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.upkeep.retention import Keep
from bot.store.sql.columns import Instant
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import Delivery, Inbound, Incident, Lane, Limit, Timer
from bot.store.transaction import Table, Transaction, core
from bot.store.upkeep import canary_drills

BATCH = 250
"""Rows that one transaction reads: a few milliseconds, even with every index to maintain."""
_IDLE = timedelta(days=1)


_EDITED = [kind for kind in DeliveryKind if kind.kept_true]


class Heap(StrEnum):
    """The tables that the purge clears, in this order, and the drills."""

    DELIVERIES = "delivery"
    TIMERS = "timer"
    REQUESTS = "inbound"
    LIMITS = "limit"
    LANES = "lane"
    DRILLS = "drill"


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows a batch deleted. `after` is where the next one begins; None after the last."""

    gone: int
    after: str | None


def _at(name: str) -> Any:
    return bindparam(name, type_=Instant)


def _next_keys(table: Table, key: str, *, aged: bool) -> Prepared:
    """Return the query for a batch's keys. With `aged`, it stops at keys that begin too late."""
    column = core(table).c[key]
    behind = select(column).where(column > bindparam("after"))
    if aged:
        behind = behind.where(column < bindparam("before"))
    return Prepared(behind.order_by(column).limit(bindparam("room")))


def _removal(dialect: str, table: Table, key: str, over: Any) -> Executable:
    """Return the DELETE for the rows among these keys that are `over`, a condition on the columns.

    It lists all keys, not a range: PostgreSQL guesses a range's size from the keys' letters,
    sometimes twenty times too high, and then reads the whole table.
    """
    old = core(table).alias("old")
    chosen = select(old.c[key]).where(one_of(dialect, old.c[key], "keys"), over(old.c))
    gone = core(table).c[key].in_(chosen.with_for_update(skip_locked=True))
    return delete(core(table)).where(gone)


def _delivery_is_over(of: Any) -> Any:
    """Match deliveries to delete. Kinds of a newer release are left to that release."""
    settled = and_(
        of.state.in_((DeliveryState.SENT, DeliveryState.CANCELLED)),
        of.due_at < _at("done"),
        ~_may_be_edited(of),
    )
    dead = and_(of.state == DeliveryState.DEAD, of.due_at < _at("dead"))
    return and_(of.kind.in_(list(DeliveryKind)), or_(settled, dead))


def _may_be_edited(of: Any) -> Any:
    """Match messages about an incident that is open or ended lately: events can make them untrue.

    This looks up the one incident by its key: with EXISTS, PostgreSQL may read every incident.
    """
    open_or_lately = or_(col(Incident.ended_at).is_(None), col(Incident.ended_at) >= _at("done"))
    about = (
        select(open_or_lately).where(col(Incident.id) == of.incident_id).limit(1).scalar_subquery()
    )
    return and_(of.slack_ts.is_not(None), of.kind.in_(_EDITED), func.coalesce(about, false()))


def _timer_is_over(of: Any) -> Any:
    """Match timers to delete. An occurrence more than a day in the past is never planned again."""
    ended = of.state.in_((TimerState.DONE, TimerState.CANCELLED))
    # Not the bare column: SQLite would use the unique index, and read all timers each time.
    known = type_coerce(of.kind, String).concat("").in_(list(TimerKind))
    return and_(known, ended, of.due_at < _at("done"))


def _lane_is_idle(of: Any) -> Any:
    """Match lanes to delete. A transaction that adds a delivery at this moment holds the lane's
    row, or inserts it again after us."""
    unsent = text("delivery.state IN ('due', 'unknown', 'sending')")
    waits = select(col(Delivery.id)).where(col(Delivery.lane) == of.key, unsent).exists()
    return and_(
        of.pending_at.is_(None),
        of.busy_until < _at("idle"),
        of.not_before < _at("idle"),
        ~waits,
    )


@cache
def _walks(dialect: str, heap: Heap) -> tuple[Prepared, Executable]:
    table, key, over = _WALKED[heap]
    keys = _next_keys(table, key, aged=heap is not Heap.LANES)
    return keys, _removal(dialect, table, key, over)


_WALKED: dict[Heap, tuple[Table, str, Callable[[Any], Any]]] = {
    Heap.DELIVERIES: (Delivery, "id", _delivery_is_over),
    Heap.TIMERS: (Timer, "id", _timer_is_over),
    Heap.LANES: (Lane, "key", _lane_is_idle),
}
_OLD_REQUESTS = (
    select(col(Inbound.key))
    .where(col(Inbound.received_at) < _at("requests"))
    .order_by(col(Inbound.received_at))
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
)
_FORGET_REQUESTS = delete(core(Inbound)).where(
    col(Inbound.key).in_(bindparam("keys", expanding=True))
)
_FORGET_LIMITS = delete(core(Limit)).where(col(Limit.blocked_until) < _at("idle"))


def sweep(
    tx: Transaction,
    heap: Heap,
    keep: Keep,
    *,
    now: datetime,
    real: datetime,
    after: str = "",
    room: int = BATCH,
) -> Swept:
    """Delete one batch. `now` is the product's time, `real` the world's (for lanes and limits)."""
    done, idle = now - keep.done, real - _IDLE
    match heap:
        case Heap.DELIVERIES:
            over = {"done": done, "dead": now - keep.dead}
            before = first_id(max(over.values()))
            return _walk(tx, heap, over, {"after": after, "room": room, "before": before})
        case Heap.TIMERS:
            given = {"after": after, "room": room, "before": first_id(done)}
            return _walk(tx, heap, {"done": done}, given)
        case Heap.LANES:
            return _walk(tx, heap, {"idle": idle}, {"after": after, "room": room})
        case Heap.REQUESTS:
            return _requests(tx, now - keep.requests, room)
        case Heap.LIMITS:
            return Swept(tx.changed(_FORGET_LIMITS, {"idle": idle}), None)
        case Heap.DRILLS:
            gone = canary_drills.remove_old(tx, now - keep.drills)
            return Swept(gone, "" if gone == canary_drills.AT_ONCE else None)
        case never:
            assert_never(never)


def _walk(
    tx: Transaction, heap: Heap, over: Mapping[str, datetime], batch: Mapping[str, Any]
) -> Swept:
    next_keys, removal = _walks(tx.dialect, heap)
    keys = [key for (key,) in tx.listed(next_keys, **batch)]
    if not keys:
        return Swept(0, None)
    return Swept(tx.changed(removal, {**over, "keys": keys}), keys[-1])


def _requests(tx: Transaction, before: datetime, room: int) -> Swept:
    keys = list(tx.execute(_OLD_REQUESTS, {"requests": before, "room": room}).scalars())
    gone = tx.changed(_FORGET_REQUESTS, {"keys": keys}) if keys else 0
    return Swept(gone, "" if len(keys) == room else None)
