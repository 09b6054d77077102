"""The list of open incidents, with its filters."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, or_, select
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.incidents.lifecycle import OPEN, State
from bot.domain.incidents.severity import Severity
from bot.store.access.participants import OPEN_TIERS
from bot.store.tables import (
    Incident,
    PagingRun,
    Participant,
)
from bot.store.transaction import Transaction

# A short, known list of states, so that the index on (team_id, state) serves every list.
OPEN_STATES = tuple(sorted(OPEN))


def open_ones(
    tx: Transaction,
    workspace: Workspace,
    *,
    reader: str,
    limit: int,
    state: State | None = None,
    severity: Severity | None = None,
    mine: bool = False,
    asked: Collection[str] = (),
    team: str | None = None,
    overdue_at: datetime | None = None,
) -> tuple[list[Incident], int]:
    """Return open incidents, the worst and oldest first, and how many there are in all.

    `mine`: only those that `reader` owns, is in, or is `asked` in. Those in `asked` come first.

    Every reader sees the severity, but not the teams and the delays. A filter on these matches only
    incidents that `reader` may read in full, because a match alone would reveal them.
    """
    wanted: list[Any] = [
        col(Incident.team_id) == workspace.team_id,
        col(Incident.state).in_(OPEN_STATES if state is None else (state,)),
    ]
    if severity is not None:
        wanted.append(col(Incident.severity) == severity)
    # Checked for each open incident: a person may have been in a hundred thousand closed ones.
    invited = _has(Participant, col(Participant.user_id) == reader)
    if mine:
        waiting = [col(Incident.id).in_(asked)] if asked else []
        wanted.append(or_(col(Incident.owner) == reader, invited, *waiting))
    if team is not None:
        wanted += [_has(PagingRun, col(PagingRun.team_key) == team), or_(_FOR_ALL, invited)]
    if overdue_at is not None:
        wanted += [_overdue(overdue_at), or_(_FOR_ALL, invited)]
    first = [case((col(Incident.id).in_(asked), 0), else_=1)] if asked else []
    total: int = tx.execute(select(func.count()).select_from(Incident).where(*wanted)).scalar_one()
    rows = tx.all(
        select_rows(Incident)
        .where(*wanted)
        .order_by(*first, col(Incident.severity), col(Incident.number))
        .limit(limit)
    )
    return rows, total


_FOR_ALL = col(Incident.tier).in_(OPEN_TIERS)


def _has(table: type[Participant] | type[PagingRun], *conditions: Any) -> Any:
    """Match incidents that have such a row.

    This makes one look-up for each open incident. With EXISTS within an OR, PostgreSQL may choose
    to read the whole table instead.
    """
    rows = select(literal(1)).where(col(table.incident_id) == col(Incident.id), *conditions)
    return rows.correlate(Incident).limit(1).scalar_subquery().is_not(None)


def _overdue(now: datetime) -> Any:
    late = _has(
        PagingRun,
        col(PagingRun.state).in_(("paging", "exhausted")),
        col(PagingRun.ack_due_at) < now,
    )
    return or_(col(Incident.update_due_at) < now, late)
