"""Notices that found their channel archived: kept, and said once there is a channel again."""

from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from bot.domain.act import Workspace
from bot.domain.duework import DeliveryKind, DeliveryState, Priority
from bot.store import outbox
from bot.store.claims import Claimed
from bot.store.tables import Delivery
from bot.store.transaction import Transaction

WHILE_ARCHIVED = "the channel is archived"
"""Why a notice was not sent."""
ARCHIVED = frozenset({"is_archived", "is_inactive"})
"""What Slack says of such a channel."""


def earlier_waits(tx: Transaction, claimed: Claimed) -> bool:
    """Tell whether a notice of before is still to be said, and Slack has not refused it.

    What was in flight when the others were called back does not pass them.
    """
    earlier = select(col(Delivery.id)).where(
        col(Delivery.subject) == claimed.subject,
        col(Delivery.kind) == DeliveryKind.NOTICE,
        col(Delivery.state) == DeliveryState.DUE,
        col(Delivery.attempts) == 0,
        col(Delivery.id) < claimed.id,
    )
    return tx.execute(earlier.limit(1)).first() is not None


def say_after_all(
    tx: Transaction, workspace: Workspace, incident_id: str, lane: str, now: datetime
) -> None:
    """Have them sent now, in the order in which they happened."""
    outbox.wake(tx, workspace, lane, Priority.NOTICE, now)
    missed = or_(
        # Those that looked for the channel before it was there wait, each for a time of its own.
        col(Delivery.state) == DeliveryState.DUE,
        and_(
            col(Delivery.state) == DeliveryState.CANCELLED,
            col(Delivery.error) == WHILE_ARCHIVED,
        ),
        and_(col(Delivery.state) == DeliveryState.DEAD, col(Delivery.error).in_(sorted(ARCHIVED))),
    )
    tx.execute(
        update(Delivery)
        .where(
            col(Delivery.subject) == incident_id, col(Delivery.kind) == DeliveryKind.NOTICE, missed
        )
        .values(
            state=DeliveryState.DUE,
            due_at=now,
            lane=f"{workspace.team_id}/{lane}",
            attempts=0,
            lookups=0,
            error=None,
        )
    )
