"""Incidents that have ended, the latest first."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.incidents.lifecycle import State
from bot.store.tables import Incident
from bot.store.transaction import Transaction


def ended_ones(
    tx: Transaction, workspace: Workspace, states: Iterable[State], *, limit: int
) -> tuple[list[Incident], int]:
    """Return incidents in one of these states, and how many there are in all."""
    wanted = (
        col(Incident.team_id) == workspace.team_id,
        col(Incident.state).in_(sorted(states)),
        col(Incident.ended_at).is_not(None),
        col(Incident.drill).is_(False),
    )
    total: int = tx.execute(select(func.count()).select_from(Incident).where(*wanted)).scalar_one()
    latest = select_rows(Incident).where(*wanted).order_by(col(Incident.ended_at).desc())
    return tx.all(latest.limit(limit)), total
