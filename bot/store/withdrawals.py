"""Deliveries that are not to be sent after all."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from bot.domain.duework import OUTSIDE, DeliveryKind, DeliveryState
from bot.store.claims import recount
from bot.store.outbox_statements import IS_UNSENT
from bot.store.tables import Delivery
from bot.store.transaction import Transaction


def cancel(tx: Transaction, subjects: Iterable[str], kinds: Sequence[DeliveryKind]) -> int:
    """Withdraw what Slack cannot have yet.

    What is in flight is settled by whoever holds it. What Slack may have (an unknown outcome) is
    still looked for: a page that stands there must not look as if nobody had answered.
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
    """Withdraw what is not sent yet of whole incidents, and let their lanes sleep."""
    theirs = col(Delivery.incident_id).in_(list(incident_ids))
    unsent: list[Any] = [
        theirs,
        col(Delivery.kind).in_(kinds),
        col(Delivery.state).in_((DeliveryState.DUE, DeliveryState.UNKNOWN)),
    ]
    if due_before is not None:
        unsent.append(col(Delivery.due_at) < due_before)
    withdrawn = tx.changed(update(Delivery).where(*unsent).values(state=DeliveryState.CANCELLED))
    lanes = tx.execute(select(col(Delivery.lane)).where(theirs).distinct()).scalars()
    recount(tx, sorted(lanes))
    return withdrawn


def withdraw_outside(tx: Transaction) -> int:
    """Withdraw what waits for a way past Slack, whatever it is about."""
    waiting: list[Any] = [IS_UNSENT, col(Delivery.kind).in_(OUTSIDE)]
    lanes = sorted(tx.execute(select(col(Delivery.lane)).where(*waiting)).scalars())
    if not lanes:
        return 0
    withdrawn = tx.changed(update(Delivery).where(*waiting).values(state=DeliveryState.CANCELLED))
    recount(tx, lanes)
    return withdrawn
