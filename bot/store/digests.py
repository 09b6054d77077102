"""Which digests went out, and the facts that one is counted from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, union
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.paging import RunState
from bot.store.canaries import IS_DRILL
from bot.store.incidents import OPEN_STATES
from bot.store.tables import DigestRun, Incident, PagingRun, Task
from bot.store.tables.states import TaskState
from bot.store.transaction import Transaction


def last_due(tx: Transaction, workspace: Workspace, schedule: str) -> datetime | None:
    """Return when the last planned period of a schedule was due."""
    last: datetime | None = tx.execute(
        select(func.max(col(DigestRun.due_at))).where(
            col(DigestRun.team_id) == workspace.team_id, col(DigestRun.schedule) == schedule
        )
    ).scalar()
    return last


def take_period(
    tx: Transaction,
    workspace: Workspace,
    schedule: str,
    *,
    start: datetime,
    end: datetime,
    due_at: datetime,
    now: datetime,
    late: bool,
) -> bool:
    """Claim a period for this transaction; False when any process ever did before."""
    row: dict[str, Any] = {
        "team_id": workspace.team_id,
        "enterprise_id": workspace.enterprise_id,
        "schedule": schedule,
        "period_start": start,
        "period_end": end,
        "due_at": due_at,
        "planned_at": now,
        "late": late,
    }
    return tx.insert_new(DigestRun, row) == 1


def first_opened(tx: Transaction, workspace: Workspace) -> datetime | None:
    """Return when the record begins."""
    first: datetime | None = tx.execute(
        select(func.min(col(Incident.opened_at))).where(
            col(Incident.team_id) == workspace.team_id, col(Incident.drill).is_(False)
        )
    ).scalar()
    return first


_INCIDENT = tuple(
    col(column)
    for column in (
        Incident.id,
        Incident.number,
        Incident.title,
        Incident.codename,
        Incident.tier,
        Incident.severity,
        Incident.state,
        Incident.category,
        Incident.surface,
        Incident.owner,
        Incident.opened_at,
        Incident.ended_at,
        Incident.update_due_at,
    )
)
"""What a digest counts of an incident; whole ones are three times as much to read."""


def incidents_since(
    tx: Transaction, workspace: Workspace, since: datetime, until: datetime
) -> Sequence[Any]:
    """Return those that were open at some time between `since` and `until`."""
    found = select(*_INCIDENT).where(_open_between(workspace, since, until))
    return tx.execute(found.order_by(col(Incident.number))).all()


def incidents_with(tx: Transaction, ids: Collection[str]) -> Sequence[Any]:
    """Return some incidents, with the same columns."""
    if not ids:
        return []
    return tx.execute(select(*_INCIDENT).where(col(Incident.id).in_(ids))).all()


def _open_between(workspace: Workspace, since: datetime, until: datetime) -> ColumnElement[bool]:
    """Each kind is found by an index of its own: said with OR, SQLite reads all that ever was."""
    mine = col(Incident.team_id) == workspace.team_id
    opened, ids = col(Incident.opened_at), select(col(Incident.id))
    found = union(
        ids.where(mine, opened >= since, opened < until),
        ids.where(mine, col(Incident.ended_at) >= since),
        ids.where(mine, col(Incident.state).in_(OPEN_STATES)),
    )
    return and_(
        col(Incident.id).in_(found),
        # Not the bare column, by which it would begin again with the oldest.
        func.coalesce(opened, until) < until,
        col(Incident.drill).is_(False),
    )


def runs_since(
    tx: Transaction, workspace: Workspace, since: datetime, until: datetime
) -> Sequence[Any]:
    """Return the runs that were started then, less those that were called off."""
    columns = (PagingRun.incident_id, PagingRun.team_key, PagingRun.started_at, PagingRun.acked_at)
    return tx.execute(
        select(*(col(column) for column in columns)).where(
            col(PagingRun.team_id) == workspace.team_id,
            col(PagingRun.started_at) >= since,
            col(PagingRun.started_at) < until,
            col(PagingRun.state) != RunState.CANCELLED,
            col(PagingRun.incident_id).not_in(select(col(Incident.id)).where(IS_DRILL)),
        )
    ).all()


def teams_of(
    tx: Transaction, workspace: Workspace, since: datetime, until: datetime
) -> dict[str, list[str]]:
    """Return the teams that were paged in the incidents of `incidents_since`, by incident."""
    wanted = select(col(Incident.id)).where(_open_between(workspace, since, until))
    rows = tx.execute(
        select(col(PagingRun.incident_id), col(PagingRun.team_key))
        .where(col(PagingRun.incident_id).in_(wanted))
        .distinct()
    )
    teams: dict[str, list[str]] = {}
    for row in rows:
        teams.setdefault(row.incident_id, []).append(row.team_key)
    return teams


def tasks_open_or_done_since(tx: Transaction, workspace: Workspace, since: datetime) -> list[Task]:
    mine, ids = col(Task.team_id) == workspace.team_id, select(col(Task.id))
    found = union(
        ids.where(mine, col(Task.state) == TaskState.OPEN),
        ids.where(mine, col(Task.done_at) >= since),
    )
    wanted = select_rows(Task).where(col(Task.id).in_(found))
    return tx.all(wanted.order_by(col(Task.due_at), col(Task.id)))
