"""The outbox's hot statements, built once: building one takes longer than running it."""

from functools import cache
from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
    update,
)
from sqlmodel import col

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.sql.columns import Instant
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import Delivery, Lane
from bot.store.transaction import core, insert_or

UNSENT = (DeliveryState.DUE, DeliveryState.UNKNOWN, DeliveryState.SENDING)
IS_UNSENT = text("delivery.state IN ('due', 'unknown', 'sending')")
"""Has the exact words of the partial index. With parameters instead, the database cannot know that
the index fits, and reads every delivery ever made."""
IS_DUE = text("delivery.state = 'due'")
IDLE_PRIORITY = 9


def _at(name: str) -> Any:
    return bindparam(name, type_=Instant)


def _any_of(name: str) -> Any:
    return bindparam(name, expanding=True)


@cache
def wake(dialect: str) -> Prepared:
    """Add a lane, or give an existing one the earlier time and the higher priority."""
    added = insert_or(dialect, Lane)
    new, old = added.excluded, core(Lane).c
    sooner = or_(old.pending_at.is_(None), new.pending_at < old.pending_at)
    woken = added.on_conflict_do_update(
        index_elements=[old.key],
        set_={
            "pending_at": case((sooner, new.pending_at), else_=old.pending_at),
            "priority": case((new.priority < old.priority, new.priority), else_=old.priority),
        },
    )
    return Prepared(woken)


HOLD = select(col(Lane.key)).where(col(Lane.key) == bindparam("lane")).with_for_update()

HELD = and_(
    col(Delivery.id) == bindparam("held_id"),
    col(Delivery.fence) == bindparam("held_fence"),
    col(Delivery.state) == DeliveryState.SENDING,
)

FINISHED = (
    update(core(Delivery))
    .where(HELD)
    .values(
        state=bindparam("ends_as"),
        sent_at=bindparam("at"),
        slack_channel=bindparam("there"),
        slack_ts=bindparam("ts"),
        error=bindparam("why"),
    )
)


FINISH = Prepared(FINISHED)


def _recount(**also: Any) -> Any:
    mine = and_(col(Delivery.lane) == col(Lane.key), IS_UNSENT)
    due = select(func.min(col(Delivery.due_at))).where(mine).correlate(Lane).scalar_subquery()
    first = select(func.min(col(Delivery.priority))).where(mine).correlate(Lane).scalar_subquery()
    priority = func.coalesce(first, IDLE_PRIORITY)
    return update(core(Lane)).values(pending_at=due, priority=priority, **also)


RECOUNT = _recount().where(col(Lane.key).in_(_any_of("lanes")))
FREE = _recount(busy_until=bindparam("real")).where(col(Lane.key) == bindparam("lane"))
FREE_AND_REST = _recount(busy_until=bindparam("real"), not_before=bindparam("rested")).where(
    col(Lane.key) == bindparam("lane")
)


@cache
def free_many(dialect: str, *, rest: bool) -> Prepared:
    """Release several lanes at once. With `rest`, they send nothing until `rested`."""
    resting: dict[str, Any] = {"not_before": bindparam("rested")} if rest else {}
    freed = _recount(busy_until=bindparam("real"), **resting)
    return Prepared(freed.where(one_of(dialect, col(Lane.key), "lanes")))


@cache
def hold_many(dialect: str) -> Prepared:
    """Lock lanes in the order in which `enqueue` wakes them, to avoid deadlocks."""
    these = select(col(Lane.key)).where(one_of(dialect, col(Lane.key), "lanes"))
    return Prepared(these.order_by(col(Lane.key).collate("C")).with_for_update())
