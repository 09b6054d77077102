"""How the outbox stands: what waits, since when, and a repair that normally finds nothing."""

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
"""Nothing waits for longer, whatever Slack says: what does was told by a clock that was wrong."""


def oldest_overdue(tx: Transaction, now: datetime, real: datetime) -> datetime | None:
    """Return since when the oldest unsent delivery has been wanted.

    One that waits for its next try counts from when it was first due: while Slack is away, the
    queue grows old, however often each row is tried. What waits in a lane that Slack refuses is
    told of by itself.
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
    """Tell whether anything that is due by now is not sent yet."""
    due = select(col(Delivery.id)).where(IS_UNSENT, col(Delivery.due_at) <= now)
    return tx.execute(due.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Backlog:
    """Unsent deliveries of one state and priority; `since` is when the oldest overdue was due, but
    for those in lanes that Slack refuses."""

    state: str
    priority: int
    count: int
    since: datetime | None


def waiting(tx: Transaction, now: datetime, real: datetime) -> list[Backlog]:
    """Count what waits. Reads unsent rows only, however long the history is."""
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
    """Wake lanes that wait for nothing while something of theirs is unsent, and those that wait
    for a time that was told by a clock which has been set back: for longer than `rest`.

    Returns how many; normally none.
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
        # Who holds a claim may be on the line still: it keeps a lease, by today's clock.
        held = col(Lane.key).in_(unsent.where(held_ahead))
        tx.execute(lanes.where(busy_ahead, ~held).values(busy_until=real))
        tx.execute(lanes.where(busy_ahead).values(busy_until=real + lease))
        tx.execute(theirs.where(held_ahead).values(lease_until=real + lease))
        recount(tx, keys)
    return len(keys)
