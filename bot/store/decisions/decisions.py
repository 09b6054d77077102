"""The decisions of an incident."""

from sqlalchemy import bindparam
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.store.sql.prepared import Prepared
from bot.store.tables import (
    Decision,
)
from bot.store.transaction import Transaction

_DECISIONS = Prepared(
    select_rows(Decision)
    .where(col(Decision.incident_id) == bindparam("incident"))
    .order_by(col(Decision.at), col(Decision.id))
)


def decisions(tx: Transaction, incident_id: str) -> list[Decision]:
    return tx.every(Decision, _DECISIONS, incident=incident_id)
