"""How the outbox stands: what waits, since when, and a repair that normally finds nothing."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from bot.store.outbox import recount
from bot.store.outbox_statements import IS_UNSENT
from bot.store.tables import Delivery, Lane
from bot.store.transaction import Transaction


def oldest_overdue(tx: Transaction, now: datetime) -> datetime | None:
    """Return since when the oldest unsent delivery has been wanted.

    One that waits for its next try counts from when it was first due: while Slack is away, the
    queue grows old, however often each row is tried.
    """
    wanted = func.coalesce(col(Delivery.wanted_at), col(Delivery.due_at))
    waiting = select(func.min(wanted)).where(IS_UNSENT, wanted <= now)
    oldest: datetime | None = tx.execute(waiting).scalar()
    return oldest


def depth(tx: Transaction) -> dict[str, int]:
    """Count what waits, by state."""
    counted = tx.execute(
        select(col(Delivery.state), func.count().label("count"))
        .where(IS_UNSENT)
        .group_by(col(Delivery.state))
    )
    return {str(row["state"]): row["count"] for row in counted.mappings()}


def heal(tx: Transaction) -> int:
    """Wake lanes that wait for nothing while something of theirs is unsent; normally none."""
    unsent = select(col(Delivery.lane)).where(IS_UNSENT)
    sleeping = (
        select(col(Lane.key))
        .where(col(Lane.key).in_(unsent), col(Lane.pending_at).is_(None))
        .with_for_update(skip_locked=True)
    )
    keys = list(tx.execute(sleeping).scalars())
    if keys:
        recount(tx, keys)
    return len(keys)
