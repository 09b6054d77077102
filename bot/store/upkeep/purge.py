"""What is over and no part of the record: taken away in small batches, the oldest first.

Each heap is walked by its primary key (identifiers begin with their time), so that a batch looks at
a bounded number of rows whether they go or stay. Nothing here waits for anybody: rows that are in
use are left for the next time (SKIP LOCKED on PostgreSQL; SQLite has one writer).
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
from bot.domain.staleness import stands
from bot.domain.upkeep.retention import Keep
from bot.store.sql.columns import Instant
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import Delivery, Inbound, Incident, Lane, Limit, Timer
from bot.store.transaction import Table, Transaction, core
from bot.store.upkeep import canary_drills

BATCH = 250
"""Rows that one transaction looks at: a few milliseconds, also with every index to be kept."""
_IDLE = timedelta(days=1)


_EDITED = [kind for kind in DeliveryKind if stands(kind)]


class Heap(StrEnum):
    """What is cleared, in this order."""

    DELIVERIES = "delivery"
    TIMERS = "timer"
    REQUESTS = "inbound"
    LIMITS = "limit"
    LANES = "lane"
    DRILLS = "drill"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a batch took away. `after` is where the next one begins; None: there is no next."""

    gone: int
    after: str | None


def _at(name: str) -> Any:
    return bindparam(name, type_=Instant)


def _next_keys(table: Table, key: str, *, aged: bool) -> Prepared:
    """The keys of a batch; where they are `aged`, none that begins with a later time."""
    column = core(table).c[key]
    behind = select(column).where(column > bindparam("after"))
    if aged:
        behind = behind.where(column < bindparam("before"))
    return Prepared(behind.order_by(column).limit(bindparam("room")))


def _removal(dialect: str, table: Table, key: str, over: Any) -> Executable:
    """Delete what is `over` among these keys; `over` is given the table's columns.

    The keys themselves, not the first and the last: how many there are between two, PostgreSQL
    guesses from their letters, now and then twenty times too many, and then reads all of the table.
    """
    old = core(table).alias("old")
    chosen = select(old.c[key]).where(one_of(dialect, old.c[key], "keys"), over(old.c))
    gone = core(table).c[key].in_(chosen.with_for_update(skip_locked=True))
    return delete(core(table)).where(gone)


def _delivery_is_over(of: Any) -> Any:
    """A kind of a newer release is left to it, here as everywhere."""
    settled = and_(
        of.state.in_((DeliveryState.SENT, DeliveryState.CANCELLED)),
        of.due_at < _at("done"),
        ~_may_be_edited(of),
    )
    dead = and_(of.state == DeliveryState.DEAD, of.due_at < _at("dead"))
    return and_(of.kind.in_(list(DeliveryKind)), or_(settled, dead))


def _may_be_edited(of: Any) -> Any:
    """A message about an escalation that is open, or ended lately: events still make it untrue.

    Its one row is asked for by its key: of an EXISTS, PostgreSQL may read every incident first.
    """
    open_or_lately = or_(col(Incident.ended_at).is_(None), col(Incident.ended_at) >= _at("done"))
    about = (
        select(open_or_lately).where(col(Incident.id) == of.incident_id).limit(1).scalar_subquery()
    )
    return and_(of.slack_ts.is_not(None), of.kind.in_(_EDITED), func.coalesce(about, false()))


def _timer_is_over(of: Any) -> Any:
    """No occurrence is planned again once its time is a day in the past, so its row may go."""
    ended = of.state.in_((TimerState.DONE, TimerState.CANCELLED))
    # Not the bare column: SQLite would take the unique index, and read all timers each time.
    known = type_coerce(of.kind, String).concat("").in_(list(TimerKind))
    return and_(known, ended, of.due_at < _at("done"))


def _lane_is_idle(of: Any) -> Any:
    """Whoever adds to it at this moment holds its row, or makes it anew after us."""
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
    """Take one batch away. `now` is the product's time, `real` the world's (lanes and limits)."""
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
