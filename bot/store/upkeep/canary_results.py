"""How the canaries went: drills, of which the newest few are kept. Rows by a partial index."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.incidents.lifecycle import State
from bot.store.tables import Incident
from bot.store.transaction import Transaction

IS_DRILL = text("incident.drill")
"""In the words of the partial index."""


def last_success(tx: Transaction) -> datetime | None:
    """Return when a canary last ended as it should."""
    last: datetime | None = tx.execute(
        select(func.max(col(Incident.ended_at))).where(IS_DRILL)
    ).scalar()
    return last


def newest_before(tx: Transaction, moment: datetime) -> Incident | None:
    """Return the newest canary that was opened before then, and that nobody called off."""
    return tx.first(
        select_rows(Incident)
        .where(
            IS_DRILL,
            col(Incident.opened_at) <= moment,
            col(Incident.state) != State.DECLINED,
        )
        .order_by(col(Incident.id).desc())
    )
