"""The outbox's hot statements, built once: building one anew takes longer than running it."""

from functools import cache
from typing import Any

from sqlalchemy import Executable, and_, bindparam, case, func, or_, select, text, update
from sqlmodel import col

from bot.domain.duework import DeliveryState, Priority
from bot.store.columns import Instant
from bot.store.prepared import Prepared
from bot.store.tables import Delivery, Lane
from bot.store.transaction import core, insert_or

UNSENT = (DeliveryState.DUE, DeliveryState.UNKNOWN, DeliveryState.SENDING)
IS_UNSENT = text("delivery.state IN ('due', 'unknown', 'sending')")
"""In the very words of the partial index: a database that is given parameters instead cannot know
that the index serves, and reads every delivery that was ever made."""
IDLE_PRIORITY = 9


def _at(name: str) -> Any:
    return bindparam(name, type_=Instant)


def _any_of(name: str) -> Any:
    return bindparam(name, expanding=True)


@cache
def wake(dialect: str) -> Prepared:
    """Add a lane, or have it wait for the earlier moment and the higher priority."""
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


FREE_LANES = (
    select(col(Lane.key))
    .where(
        col(Lane.pending_at) <= _at("now"),
        col(Lane.busy_until) <= _at("real"),
        col(Lane.not_before) <= _at("real"),
        # Slack's, unless the loop asks that reaches people outside Slack.
        col(Lane.priority).between(
            bindparam("first", int(Priority.PAGE)), bindparam("last", IDLE_PRIORITY)
        ),
    )
    .order_by(col(Lane.priority), col(Lane.pending_at))
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
)


def _heads() -> Executable:
    next_id = (
        select(col(Delivery.id))
        .where(
            col(Delivery.lane) == col(Lane.key),
            IS_UNSENT,
            col(Delivery.due_at) <= _at("now"),
            col(Delivery.kind).in_(_any_of("kinds")),
            or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= _at("real")),
        )
        .order_by(col(Delivery.priority), col(Delivery.due_at), col(Delivery.id))
        .limit(1)
        .correlate(Lane)
        .scalar_subquery()
    )
    wanted = col(Lane.key).in_(_any_of("lanes"))
    heads = select(col(Lane.key), next_id.label("head")).where(wanted).subquery()
    # Locked, and asked for its state once more: what an acknowledgement has withdrawn since the
    # look is not claimed. Skipped when locked: a claim waits for nobody, so it never deadlocks.
    return (
        select(heads.c.key, col(Delivery.id), col(Delivery.state))
        .join(Delivery, col(Delivery.id) == heads.c.head)
        .where(IS_UNSENT)
        .with_for_update(of=Delivery, skip_locked=True)
    )


HEADS = _heads()

LEASE_LANES = (
    update(core(Lane))
    .where(col(Lane.key).in_(_any_of("lanes")))
    .values(busy_until=bindparam("until"))
)

TAKE = (
    update(core(Delivery))
    .where(col(Delivery.id).in_(_any_of("ids")))
    .values(
        state=DeliveryState.SENDING,
        lease_until=bindparam("until"),
        fence=col(Delivery.fence) + 1,
        attempts=col(Delivery.attempts) + 1,
    )
    .returning(core(Delivery))
)

HOLD = select(col(Lane.key)).where(col(Lane.key) == bindparam("lane")).with_for_update()

HELD = and_(
    col(Delivery.id) == bindparam("held_id"),
    col(Delivery.fence) == bindparam("held_fence"),
    col(Delivery.state) == DeliveryState.SENDING,
)

FINISH = (
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
