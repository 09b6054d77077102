"""Withdraws deliveries that must not be sent after all, and makes refused ones due again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.kinds import OUTSIDE, DeliveryKind
from bot.store.delivery import outbox
from bot.store.delivery.claims import recount
from bot.store.delivery.outbox_statements import IS_UNSENT
from bot.store.tables import Delivery
from bot.store.transaction import Transaction


def cancel(tx: Transaction, subjects: Iterable[str], kinds: Sequence[DeliveryKind]) -> int:
    """Withdraw deliveries that Slack cannot have yet.

    The worker that holds a delivery in flight settles it. The bot still looks for deliveries with
    an unknown outcome: a page that is in Slack must not look unanswered.
    """
    wanted = list(subjects)
    if not wanted:
        return 0
    return tx.changed(
        update(Delivery)
        .where(
            col(Delivery.subject).in_(wanted),
            col(Delivery.kind).in_(kinds),
            col(Delivery.state) == DeliveryState.DUE,
        )
        .values(state=DeliveryState.CANCELLED)
    )


def withdraw(
    tx: Transaction,
    incident_ids: Iterable[str],
    kinds: Sequence[DeliveryKind] = tuple(DeliveryKind),
    *,
    due_before: datetime | None = None,
) -> int:
    """Withdraw the unsent deliveries of whole incidents, except those in flight."""
    theirs = col(Delivery.incident_id).in_(list(incident_ids))
    unsent: list[Any] = [
        theirs,
        col(Delivery.kind).in_(kinds),
        col(Delivery.state).in_((DeliveryState.DUE, DeliveryState.UNKNOWN)),
    ]
    if due_before is not None:
        unsent.append(col(Delivery.due_at) < due_before)
    withdrawn = tx.changed(update(Delivery).where(*unsent).values(state=DeliveryState.CANCELLED))
    keys = tx.execute(select(col(Delivery.lane)).where(theirs).distinct()).scalars()
    recount(tx, sorted(keys))
    return withdrawn


def withdraw_outside(tx: Transaction) -> int:
    """Withdraw all unsent deliveries that lead past Slack."""
    waiting: list[Any] = [IS_UNSENT, col(Delivery.kind).in_(OUTSIDE)]
    keys = sorted(tx.execute(select(col(Delivery.lane)).where(*waiting)).scalars())
    if not keys:
        return 0
    withdrawn = tx.changed(update(Delivery).where(*waiting).values(state=DeliveryState.CANCELLED))
    recount(tx, keys)
    return withdrawn


def want_again(
    tx: Transaction, subjects: Iterable[str], kind: DeliveryKind, due_at: datetime
) -> None:
    """Make deliveries that Slack refused for good due again, and wake their lanes."""
    dead = (
        col(Delivery.subject).in_(list(subjects)),
        col(Delivery.kind) == kind,
        col(Delivery.state) == DeliveryState.DEAD,
    )
    rows = tx.all(select_rows(Delivery).where(*dead).order_by(col(Delivery.lane)))
    for row in rows:
        workspace = Workspace(row.team_id, row.enterprise_id)
        lane = lanes.in_workspace(row.team_id, row.lane)
        outbox.wake(tx, workspace, lane, row.priority, due_at)
    if rows:
        again = update(Delivery).where(col(Delivery.id).in_([row.id for row in rows]), *dead)
        tx.execute(again.values(state=DeliveryState.DUE, due_at=due_at, lease_until=None))
