"""The outbox's backlog: what waits and since when, and a repair that normally finds nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlmodel import col

from bot.store.delivery import limits
from bot.store.delivery.claims import recount
from bot.store.delivery.outbox_statements import IS_UNSENT
from bot.store.tables import Delivery, Lane, Limit
from bot.store.transaction import Transaction, core

LONGEST_REST = timedelta(hours=2)
"""No wait is longer, whatever Slack says. A longer one was set by a wrong clock."""


def oldest_overdue(tx: Transaction, now: datetime, real: datetime) -> datetime | None:
    """Return when the oldest unsent delivery was first due.

    Retries do not change that: while Slack is away, the queue grows older however often the relay
    tries each row. Lanes that Slack refuses do not count, because they are reported separately.
    """
    wanted = func.coalesce(col(Delivery.wanted_at), col(Delivery.due_at))
    refused = limits.is_refused(col(Delivery.lane), real)
    waiting = select(func.min(wanted)).where(IS_UNSENT, wanted <= now, ~refused)
    oldest: datetime | None = tx.execute(waiting).scalar()
    return oldest


def next_due(tx: Transaction, after: datetime) -> datetime | None:
    """Return when the next unsent delivery becomes due."""
    later = select(func.min(col(Delivery.due_at))).where(IS_UNSENT, col(Delivery.due_at) > after)
    soonest: datetime | None = tx.execute(later).scalar()
    return soonest


def waits(tx: Transaction, now: datetime) -> bool:
    """Tell whether a delivery that is due by now is still unsent."""
    due = select(col(Delivery.id)).where(IS_UNSENT, col(Delivery.due_at) <= now)
    return tx.execute(due.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Backlog:
    """Unsent deliveries of one state and priority. `since` is when the oldest overdue one was first
    due, without those in lanes that Slack refuses."""

    state: str
    priority: int
    count: int
    since: datetime | None


def waiting(tx: Transaction, now: datetime, real: datetime) -> list[Backlog]:
    """Count the unsent deliveries. Reads only unsent rows, however long the history is."""
    wanted = func.coalesce(col(Delivery.wanted_at), col(Delivery.due_at))
    counted = tx.execute(
        select(
            col(Delivery.state),
            col(Delivery.priority),
            func.count().label("count"),
            func.min(wanted)
            .filter(wanted <= now, ~limits.is_refused(col(Delivery.lane), real))
            .label("since"),
        )
        .where(IS_UNSENT)
        .group_by(col(Delivery.state), col(Delivery.priority))
    )
    return [
        Backlog(str(row["state"]), row["priority"], row["count"], row["since"])
        for row in counted.mappings()
    ]


def heal(
    tx: Transaction,
    *,
    now: datetime,
    real: datetime,
    lease: timedelta,
    rest: timedelta = LONGEST_REST,
) -> int:
    """Wake lanes that would wait too long; return how many (normally none).

    These are lanes that sleep although they have an unsent delivery, and lanes that wait longer
    than `rest`, or hold a lease for too long, because a clock was ahead and has been set back.
    """
    due_ahead = col(Delivery.due_at) > now + rest
    held_ahead = col(Delivery.lease_until) > real + 2 * lease
    busy_ahead = col(Lane.busy_until) > real + 2 * lease
    rests_ahead = col(Lane.not_before) > real + rest
    tx.execute(delete(Limit).where(col(Limit.blocked_until) > real + rest))
    unsent = select(col(Delivery.lane)).where(IS_UNSENT)
    asleep = or_(
        and_(col(Lane.key).in_(unsent), col(Lane.pending_at).is_(None)),
        col(Lane.key).in_(unsent.where(or_(due_ahead, held_ahead))),
        busy_ahead,
        rests_ahead,
    )
    sleeping = select(col(Lane.key)).where(asleep).with_for_update(skip_locked=True)
    keys = list(tx.execute(sleeping).scalars())
    if keys:
        lanes = update(core(Lane)).where(col(Lane.key).in_(keys))
        theirs = update(core(Delivery)).where(IS_UNSENT, col(Delivery.lane).in_(keys))
        tx.execute(theirs.where(due_ahead).values(due_at=now))
        tx.execute(lanes.where(rests_ahead).values(not_before=real))
        # A worker that holds a claim may still be calling Slack: it keeps a lease, by the present
        # clock.
        held = col(Lane.key).in_(unsent.where(held_ahead))
        tx.execute(lanes.where(busy_ahead, ~held).values(busy_until=real))
        tx.execute(lanes.where(busy_ahead).values(busy_until=real + lease))
        tx.execute(theirs.where(held_ahead).values(lease_until=real + lease))
        recount(tx, keys)
    return len(keys)
