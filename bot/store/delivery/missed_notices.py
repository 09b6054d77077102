"""Notices whose channel was archived or out of reach: kept, and posted in the next channel."""

from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select, update
from sqlmodel import col

from bot.domain.act import Workspace
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.kinds import DeliveryKind
from bot.store.delivery import outbox
from bot.store.delivery.claims import Claimed
from bot.store.sql.prepared import Prepared, one_of_these
from bot.store.tables import Delivery
from bot.store.transaction import Transaction, core

WHILE_ARCHIVED = "the channel is archived"
"""The stored reason why a notice was not sent."""
ARCHIVED = frozenset({"is_archived", "is_inactive"})
"""Slack's codes for an archived channel."""
OUT_OF_REACH = "channel_out_of_reach"
"""Our code for a channel that Slack no longer shows: it was deleted, or the bot was removed."""
GONE = ARCHIVED | {OUT_OF_REACH}


_MISSED = or_(
    # Notices that came before the channel existed wait too, each until its own time.
    col(Delivery.state) == DeliveryState.DUE,
    and_(col(Delivery.state) == DeliveryState.CANCELLED, col(Delivery.error) == WHILE_ARCHIVED),
    and_(
        col(Delivery.state) == DeliveryState.DEAD,
        one_of_these(col(Delivery.error), sorted(GONE)),
    ),
)
_SAY = Prepared(
    update(core(Delivery))
    .where(
        col(Delivery.subject) == bindparam("about"),
        col(Delivery.kind) == DeliveryKind.NOTICE,
        _MISSED,
    )
    .values(
        state=DeliveryState.DUE,
        due_at=bindparam("at"),
        lane=bindparam("in_lane"),
        attempts=0,
        lookups=0,
        error=None,
    )
)
_EARLIER = Prepared(
    select(col(Delivery.id))
    .where(
        col(Delivery.subject) == bindparam("about"),
        col(Delivery.kind) == DeliveryKind.NOTICE,
        col(Delivery.state) == DeliveryState.DUE,
        col(Delivery.attempts) == 0,
        col(Delivery.id) < bindparam("before"),
    )
    .limit(1)
)


def earlier_waits(tx: Transaction, claimed: Claimed) -> bool:
    """Tell whether an earlier notice about the same subject still waits for its first attempt.

    A notice that was in flight when earlier ones were called back must not overtake them.
    """
    return bool(tx.read(_EARLIER, about=claimed.subject, before=claimed.id))


def say_after_all(
    tx: Transaction, workspace: Workspace, incident_id: str, lane: str, now: datetime
) -> None:
    """Make an incident's missed notices due now, in their original order."""
    outbox.wake(tx, workspace, lane, Priority.NOTICE, now)
    lane = f"{workspace.team_id}/{lane}"
    tx.run(_SAY, [{"about": incident_id, "at": now, "in_lane": lane}])
