"""An incident's decisions."""

from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.incidents.results import NewDecision
from bot.store.sql.prepared import Prepared
from bot.store.tables import Decision
from bot.store.transaction import NewRow, Transaction

_DECISIONS = Prepared(
    select_rows(Decision)
    .where(col(Decision.incident_id) == bindparam("incident"))
    .order_by(col(Decision.at), col(Decision.id))
)


def new_decision(
    decision: NewDecision, *, decision_id: str, incident_id: str, by: str, at: datetime
) -> NewRow:
    about = {"id": decision_id, "incident_id": incident_id, "at": at, "by": by}
    return NewRow(Decision, {**about, **decision.to_json()})


def decisions(tx: Transaction, incident_id: str) -> list[Decision]:
    return tx.every(Decision, _DECISIONS, incident=incident_id)
