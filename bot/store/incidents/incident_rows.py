"""Makes, finds, locks and changes the rows of incidents."""

from collections.abc import Iterable
from functools import cache
from typing import Unpack

from sqlalchemy import bindparam, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.ids import reference
from bot.store.sql.prepared import Prepared, ToCome, one_of
from bot.store.tables import (
    Incident,
    WorkspaceRow,
)
from bot.store.tables.incidents import IncidentColumns, NewIncident
from bot.store.tables.states import OWN_CHANNEL
from bot.store.transaction import Transaction, as_object, core, insert_or, inserted

_BLANK = {
    name: field.get_default()
    for name, field in Incident.model_fields.items()
    if not field.is_required()
}


_THIS = select_rows(Incident).where(col(Incident.id) == bindparam("incident"))


_BY_ID = Prepared(_THIS)


_LOCK = Prepared(_THIS.with_for_update())


_DUPLICATES = Prepared(
    select_rows(Incident)
    .where(col(Incident.duplicate_of) == bindparam("original"))
    .order_by(col(Incident.number))
)


_CHANGE = Prepared(update(core(Incident)).where(col(Incident.id) == bindparam("changed_id")))


def next_number(tx: Transaction, workspace: Workspace) -> ToCome:
    """Take the workspace's next incident number; waits for a concurrent opening to commit."""
    first = {
        "team_id": workspace.team_id,
        "enterprise_id": workspace.enterprise_id,
        "newest_number": 1,
    }
    return tx.put_asking(_next_number(tx.dialect), first)


@cache
def _next_number(dialect: str) -> Prepared:
    newest = col(WorkspaceRow.newest_number)
    later = insert_or(dialect, WorkspaceRow).on_conflict_do_update(
        index_elements=[col(WorkspaceRow.team_id)], set_={"newest_number": newest + 1}
    )
    return Prepared(later.returning(newest))


def made(**values: Unpack[NewIncident]) -> Incident:
    """Return an incident that is not stored yet. Columns that are left out have their defaults."""
    return as_object(Incident, {**_BLANK, **values})


def add(tx: Transaction, incident: Incident) -> None:
    row = vars(incident)
    tx.insert(Incident, {name: row[name] for name in Incident.model_fields})


def add_numbered(tx: Transaction, incident: Incident, number: ToCome) -> None:
    row = vars(incident)
    rest = {name: row[name] for name in Incident.model_fields if name != "number"}
    tx.put_given(inserted(Incident), rest, number=number)


def lock(tx: Transaction, incident_id: str) -> Incident | None:
    """Return the incident and keep others from changing it until the transaction ends."""
    return tx.one(Incident, _LOCK, incident=incident_id)


def get(tx: Transaction, incident_id: str) -> Incident | None:
    return tx.one(Incident, _BY_ID, incident=incident_id)


@cache
def _among(dialect: str) -> Prepared:
    return Prepared(select_rows(Incident).where(one_of(dialect, col(Incident.id), "ids")))


def get_many(tx: Transaction, ids: Iterable[str]) -> dict[str, Incident]:
    wanted = list(ids)
    found = tx.read(_among(tx.dialect), ids=wanted) if wanted else []
    return {row["id"]: as_object(Incident, row) for row in found}


def by_number(tx: Transaction, workspace: Workspace, number: int) -> Incident | None:
    return tx.first(
        select_rows(Incident).where(
            col(Incident.team_id) == workspace.team_id, col(Incident.number) == number
        )
    )


def by_channel(
    tx: Transaction, workspace: Workspace, channel_id: str, thread_ts: str | None = None
) -> Incident | None:
    """Find the incident that this channel, or this thread in a shared channel, belongs to."""
    here = (col(Incident.team_id) == workspace.team_id, col(Incident.channel_id) == channel_id)
    if thread_ts is not None:
        found = tx.first(select_rows(Incident).where(*here, col(Incident.thread_ts) == thread_ts))
        if found is not None:
            return found
    return tx.first(select_rows(Incident).where(*here, col(Incident.room).in_(OWN_CHANNEL)))


def change(tx: Transaction, incident_id: str, values: IncidentColumns) -> None:
    # Sorted, so that the same columns always give the same statement.
    tx.run(_CHANGE, [{"changed_id": incident_id, **dict(sorted(values.items()))}])


def duplicates_of(tx: Transaction, incident_id: str) -> list[Incident]:
    """Return the incidents that were closed as duplicates of this one."""
    return tx.every(Incident, _DUPLICATES, original=incident_id)


def name_of(incident: Incident) -> str:
    return reference(incident.number)


def workspaces(tx: Transaction) -> list[WorkspaceRow]:
    return tx.all(select_rows(WorkspaceRow).order_by(col(WorkspaceRow.team_id)))


def odd_numbers(tx: Transaction, workspace: WorkspaceRow, most: int) -> list[int]:
    """Return numbers without an incident, and incidents' numbers that were never given out."""
    numbers = (
        select(col(Incident.number))
        .where(col(Incident.team_id) == workspace.team_id, col(Incident.drill).is_(False))
        .order_by(col(Incident.number))
    )
    odd: list[int] = []
    newest, expected = workspace.newest_number, 1
    for number in tx.execute(numbers).scalars():
        odd += range(expected, min(number, newest + 1, expected + most))
        odd += [number] if number > newest else []
        expected = number + 1
    odd += range(expected, min(newest, expected + most) + 1)
    return odd[:most]


def batch(tx: Transaction, *, after: str, number: int | None, limit: int) -> list[Incident]:
    """Return incidents after the id `after`, in the order of their opening."""
    query = select_rows(Incident).where(col(Incident.id) > after, col(Incident.drill).is_(False))
    if number is not None:
        query = query.where(col(Incident.number) == number)
    return tx.all(query.order_by(col(Incident.id)).limit(limit))
