"""The digests that went out, and the facts that a digest counts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, union
from sqlmodel import col

from bot.domain.access.visibility import Tier
from bot.domain.act import Workspace
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import RunState
from bot.store.incidents.open_list import OPEN_STATES
from bot.store.sql.columns import Instant
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import DigestRun, Incident, PagingRun, Task
from bot.store.tables.states import TaskState
from bot.store.transaction import Transaction, as_object, core
from bot.store.upkeep.canary_drills import IS_DRILL


def last_due(tx: Transaction, workspace: Workspace, schedule: str) -> datetime | None:
    """Return the due time of a schedule's last planned period."""
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
    """Claim a period for this transaction; False if a process has claimed it before."""
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


def _at(name: str) -> Any:
    return bindparam(name, type_=Instant)


_FIRST = Prepared(
    select(func.min(col(Incident.opened_at)).label("first")).where(
        col(Incident.team_id) == bindparam("team"), col(Incident.drill).is_(False)
    )
)


def first_opened(tx: Transaction, workspace: Workspace) -> datetime | None:
    """Return when the workspace's first escalation was opened; None if there is none."""
    first: datetime | None = tx.listed(_FIRST, team=workspace.team_id)[0][0]
    return first


class Counted(NamedTuple):
    """The columns of an incident that a digest counts. Reading all columns takes three times as
    long."""

    id: str
    number: int
    title: str
    codename: str
    tier: Tier
    severity: Severity
    state: State
    category: str
    surface: str | None
    owner: str | None
    opened_at: datetime
    ended_at: datetime | None
    update_due_at: datetime | None


_COUNTED = tuple(core(Incident).c[name] for name in Counted._fields)


def incidents_since(
    tx: Transaction, workspace: Workspace, since: datetime, until: datetime
) -> list[Counted]:
    """Return the incidents that were open at some time between `since` and `until`."""
    given = {"team": workspace.team_id, "since": since, "until": until}
    return list(map(Counted._make, tx.listed(_SINCE, **given)))


def incidents_with(tx: Transaction, ids: Collection[str]) -> list[Counted]:
    """Return the incidents with these ids, with the same columns."""
    if not ids:
        return []
    return list(map(Counted._make, tx.listed(_with(tx.dialect), ids=list(ids))))


@cache
def _with(dialect: str) -> Prepared:
    return Prepared(select(*_COUNTED).where(one_of(dialect, col(Incident.id), "ids")))


def _open_between() -> ColumnElement[bool]:
    """Each part of the union uses an index of its own. With OR, SQLite reads every incident."""
    mine = col(Incident.team_id) == bindparam("team")
    opened, ids = col(Incident.opened_at), select(col(Incident.id))
    found = union(
        ids.where(mine, opened >= _at("since"), opened < _at("until")),
        ids.where(mine, col(Incident.ended_at) >= _at("since")),
        ids.where(mine, or_(*(col(Incident.state) == state for state in OPEN_STATES))),
    )
    return and_(
        col(Incident.id).in_(found),
        # Not the bare column: SQLite would use its index, and begin with the oldest.
        func.coalesce(opened, _at("until")) < _at("until"),
        col(Incident.drill).is_(False),
    )


_SINCE = Prepared(select(*_COUNTED).where(_open_between()).order_by(col(Incident.number)))
_RUNS = Prepared(
    select(
        *(
            col(column)
            for column in (
                PagingRun.incident_id,
                PagingRun.team_key,
                PagingRun.started_at,
                PagingRun.ack_due_at,
                PagingRun.acked_at,
            )
        )
    ).where(
        col(PagingRun.team_id) == bindparam("team"),
        col(PagingRun.started_at) >= _at("since"),
        col(PagingRun.started_at) < _at("until"),
        col(PagingRun.state) != RunState.CANCELLED,
        col(PagingRun.incident_id).not_in(select(col(Incident.id)).where(IS_DRILL)),
    )
)
_TEAMS = Prepared(
    select(col(PagingRun.incident_id), col(PagingRun.team_key))
    .where(col(PagingRun.incident_id).in_(select(col(Incident.id)).where(_open_between())))
    .distinct()
)


def runs_since(
    tx: Transaction, workspace: Workspace, since: datetime, until: datetime
) -> Sequence[Any]:
    """Return the runs that started in this time, without those that were called off."""
    return tx.listed(_RUNS, team=workspace.team_id, since=since, until=until)


def teams_of(
    tx: Transaction, workspace: Workspace, since: datetime, until: datetime
) -> dict[str, list[str]]:
    """Return the teams paged for the incidents of `incidents_since`, by incident."""
    teams: dict[str, list[str]] = {}
    given = {"team": workspace.team_id, "since": since, "until": until}
    for incident_id, team in tx.listed(_TEAMS, **given):
        teams.setdefault(incident_id, []).append(team)
    return teams


def _tasks() -> Prepared:
    mine, ids = col(Task.team_id) == bindparam("team"), select(col(Task.id))
    found = union(
        ids.where(mine, col(Task.state) == TaskState.OPEN),
        ids.where(mine, col(Task.done_at) >= _at("since")),
    )
    wanted = select(core(Task)).where(col(Task.id).in_(found))
    return Prepared(wanted.order_by(col(Task.due_at), col(Task.id)))


_TASKS = _tasks()


def tasks_open_or_done_since(tx: Transaction, workspace: Workspace, since: datetime) -> list[Task]:
    rows = tx.read(_TASKS, team=workspace.team_id, since=since)
    return [as_object(Task, row) for row in rows]
