"""Deliveries to put into lanes and to take out of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import MESSAGES
from bot.store.database import Database
from bot.store.delivery import claims, outbox
from bot.store.delivery.claims import Claimed
from bot.store.delivery.outbox import Outgoing
from bot.store.tables import Delivery, Lane
from tests.factories import NOON, WORKSPACE


def a_delivery(name: str, lane: str = "person/U1", **changes: Any) -> Outgoing:
    given: dict[str, Any] = {
        "kind": DeliveryKind.NOTICE,
        "priority": Priority.NOTICE,
        "subject": name,
        "dedup_key": name,
    }
    return Outgoing(lane=lane, **{**given, **changes})


def put(db: Database, *messages: Outgoing, now: datetime = NOON) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, now, messages)


def take(
    db: Database,
    *,
    at: datetime = NOON,
    limit: int = 100,
    kinds: Iterable[DeliveryKind] = DeliveryKind,
    **options: Any,
) -> dict[str, Claimed]:
    """Claim deliveries. Return the claimed ones by subject."""
    with db.transaction() as tx:
        read_as = {kind: MESSAGES.args[kind] for kind in kinds}
        claimed = claims.claim(tx, kinds=read_as, now=at, real=at, limit=limit, **options)
    return {one.subject: one for one in claimed}


def end(db: Database, claimed: Claimed, *, at: datetime = NOON, **changes: Any) -> bool:
    state = changes.pop("state", DeliveryState.SENT)
    with db.transaction() as tx:
        return claims.finish(tx, claimed, state, real=at, **changes)


def back(db: Database, claimed: Claimed, *, at: datetime = NOON, **changes: Any) -> bool:
    wait = changes.pop("wait", timedelta(0))
    with db.transaction() as tx:
        return claims.put_back(tx, claimed, real=at, due_at=at + wait, **changes)


def delivery(db: Database, subject: str) -> Delivery:
    with db.reading() as tx:
        found = tx.first(select(Delivery).where(col(Delivery.subject) == subject))
    assert found is not None
    return found


def lane(db: Database, key: str = "person/U1") -> Lane:
    with db.reading() as tx:
        found = tx.first(select(Lane).where(col(Lane.key) == f"{WORKSPACE.team_id}/{key}"))
    assert found is not None
    return found
