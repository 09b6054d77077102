"""Canaries: drills, which are deleted after a while.

They are not part of the record. No other incident is ever deleted.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text
from sqlmodel import SQLModel, col
from sqlmodel import select as select_rows

from bot.domain.incidents.lifecycle import State
from bot.store.incidents import incident_rows
from bot.store.sql.columns import Instant
from bot.store.tables import Delivery, Incident, Page, PagingRun, Reminder
from bot.store.transaction import Transaction, core

AT_ONCE = 5
IS_DRILL = text("incident.drill")
"""Has the words of the partial index. Otherwise the database would read every incident."""
_OLD = (
    select(col(Incident.id))
    .where(IS_DRILL, col(Incident.opened_at) < bindparam("before", type_=Instant))
    .order_by(col(Incident.id))
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
)
# These tables have no index by incident. A drill's deliveries are found by their subject, and no
# drill has a reminder.
_OTHERWISE = (core(Delivery), core(Reminder))
OF_INCIDENT = tuple(
    table
    for table in SQLModel.metadata.sorted_tables
    if "incident_id" in table.c and table not in _OTHERWISE
)


def mark_succeeded(tx: Transaction, incident_id: str, now: datetime) -> None:
    incident_rows.change(tx, incident_id, {"ended_at": now})


def call_off(tx: Transaction, incident_id: str) -> None:
    """Call off a drill, so that it counts neither as a success nor as a failure."""
    incident_rows.change(tx, incident_id, {"state": State.DECLINED})


def last_success(tx: Transaction) -> datetime | None:
    """Return when a canary last succeeded."""
    last: datetime | None = tx.execute(
        select(func.max(col(Incident.ended_at))).where(IS_DRILL)
    ).scalar()
    return last


def newest_before(tx: Transaction, moment: datetime) -> Incident | None:
    """Return the newest canary opened by `moment` that was not called off."""
    return tx.first(
        select_rows(Incident)
        .where(
            IS_DRILL,
            col(Incident.opened_at) <= moment,
            col(Incident.state) != State.DECLINED,
        )
        .order_by(col(Incident.id).desc())
    )


def remove_old(tx: Transaction, before: datetime, room: int = AT_ONCE) -> int:
    """Delete up to `room` drills opened before then, with all their rows; return how many."""
    old = list(tx.execute(_OLD, {"before": before, "room": room}).scalars())
    if not old:
        return 0
    subjects = list(old)
    for table in (Page, PagingRun):
        of_drill = select(core(table).c.id).where(core(table).c.incident_id.in_(old))
        subjects += tx.execute(of_drill).scalars()
    tx.execute(_delete(core(Delivery), "subject", subjects))
    for owned in OF_INCIDENT:
        tx.execute(_delete(owned, "incident_id", old))
    tx.execute(_delete(core(Incident), "id", old))
    return len(old)


def _delete(table: Any, column: str, among: list[str]) -> Any:
    return delete(table).where(table.c[column].in_(among))
