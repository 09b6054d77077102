"""Old drills. They are no part of the record: the one thing of an incident that is ever deleted."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, text
from sqlmodel import col

from bot.store.sql.columns import Instant
from bot.store.tables import (
    Decision,
    Delivery,
    Incident,
    Page,
    PagingRun,
    Participant,
    Task,
    TimelineEntry,
    Timer,
)
from bot.store.transaction import Transaction, core

AT_ONCE = 5
_OLD = (
    select(col(Incident.id))
    # In the words of the partial index: without it, every incident would be looked at.
    .where(text("incident.drill"), col(Incident.opened_at) < bindparam("before", type_=Instant))
    .order_by(col(Incident.id))
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
)
_OF_INCIDENT = (Page, PagingRun, Timer, TimelineEntry, Participant, Decision, Task)


def remove_old(tx: Transaction, before: datetime, room: int = AT_ONCE) -> int:
    """Delete drills that were opened before then, with all their rows; return how many."""
    old = list(tx.execute(_OLD, {"before": before, "room": room}).scalars())
    if not old:
        return 0
    subjects = list(old)
    for table in (Page, PagingRun):
        of_drill = select(core(table).c.id).where(core(table).c.incident_id.in_(old))
        subjects += tx.execute(of_drill).scalars()
    # Deliveries are found by what they are about: no index knows their incident.
    tx.execute(_delete(Delivery, "subject", subjects))
    for owned in _OF_INCIDENT:
        tx.execute(_delete(owned, "incident_id", old))
    tx.execute(_delete(Incident, "id", old))
    return len(old)


def _delete(table: Any, column: str, among: list[str]) -> Any:
    owner = core(table)
    return delete(owner).where(owner.c[column].in_(among))
