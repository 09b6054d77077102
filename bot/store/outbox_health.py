"""How the outbox stands: what waits, since when, and a repair that normally finds nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from bot.store.claims import recount
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """Unsent deliveries of one state and priority; `since` is when the oldest overdue was due."""

    state: str
    priority: int
    count: int
    since: datetime | None


def waiting(tx: Transaction, now: datetime) -> list[Waiting]:
    """Count what waits. Reads unsent rows only, however long the history is."""
    wanted = func.coalesce(col(Delivery.wanted_at), col(Delivery.due_at))
    counted = tx.execute(
        select(
            col(Delivery.state),
            col(Delivery.priority),
            func.count().label("count"),
            func.min(wanted).filter(wanted <= now).label("since"),
        )
        .where(IS_UNSENT)
        .group_by(col(Delivery.state), col(Delivery.priority))
    )
    return [
        Waiting(str(row["state"]), row["priority"], row["count"], row["since"])
        for row in counted.mappings()
    ]


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
