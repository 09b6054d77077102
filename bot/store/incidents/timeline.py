"""Appends to an incident's timeline, and reads its entries."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, select
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.incidents.timeline import Entry, EntryKind, chain
from bot.store.sql.prepared import Prepared, one_of_these
from bot.store.tables import (
    Incident,
    TimelineEntry,
)
from bot.store.transaction import Transaction


def append(
    tx: Transaction,
    incident: Incident,
    at: datetime,
    actor: str,
    entries: Sequence[Entry],
) -> tuple[str, int]:
    """Append to the timeline of a locked incident; return its new head and length."""
    rows = []
    head, seq = incident.head, incident.entries
    for entry in entries:
        seq += 1
        head = chain(head, seq, at, actor, entry)
        rows.append(
            {
                "team_id": incident.team_id,
                "enterprise_id": incident.enterprise_id,
                "incident_id": incident.id,
                "seq": seq,
                "at": at,
                "actor": actor,
                "kind": entry.kind,
                "data": dict(entry.data),
                "hash": head,
            }
        )
    tx.insert(TimelineEntry, *rows)
    return head, seq


def timeline(
    tx: Transaction, incident_id: str, *, newest: int | None = None
) -> list[TimelineEntry]:
    """Return the entries in order; with `newest`, only the last that many."""
    query = select_rows(TimelineEntry).where(col(TimelineEntry.incident_id) == incident_id)
    query = query.order_by(col(TimelineEntry.seq).desc())
    if newest is not None:
        query = query.limit(newest)
    return list(reversed(tx.all(query)))


def entry(tx: Transaction, incident_id: str, seq: int) -> TimelineEntry | None:
    return tx.first(
        select_rows(TimelineEntry).where(
            col(TimelineEntry.incident_id) == incident_id, col(TimelineEntry.seq) == seq
        )
    )


def tightened(tx: Transaction, incident_id: str) -> TimelineEntry | None:
    """Return the newest entry that changed the incident's tier; None if it never changed."""
    edits = tx.all(
        select_rows(TimelineEntry)
        .where(
            col(TimelineEntry.incident_id) == incident_id,
            col(TimelineEntry.kind) == EntryKind.EDITED,
        )
        .order_by(col(TimelineEntry.seq).desc())
    )
    return next((entry for entry in edits if entry.data.get("field") == "tier"), None)


def task_given(tx: Transaction, incident_id: str, task_id: str) -> TimelineEntry | None:
    """Return the newest entry about giving or handing over this task."""
    given = tx.all(
        select_rows(TimelineEntry)
        .where(
            col(TimelineEntry.incident_id) == incident_id,
            col(TimelineEntry.kind) == EntryKind.TASK,
        )
        .order_by(col(TimelineEntry.seq).desc())
    )
    return next((entry for entry in given if entry.data.get("task") == task_id), None)


def newest_of_room(tx: Transaction, incident_id: str) -> TimelineEntry | None:
    """Return the newest entry about an incident's channel."""
    of_room = (
        select_rows(TimelineEntry)
        .where(
            col(TimelineEntry.incident_id) == incident_id,
            col(TimelineEntry.kind) == EntryKind.CHANNEL,
        )
        .order_by(col(TimelineEntry.seq).desc())
        .limit(1)
    )
    return next(iter(tx.all(of_room)), None)


def was_in(tx: Transaction, incident_id: str, user: str) -> bool:
    """Tell whether a person left the incident, or was refused access or removed."""
    ended = tx.all(
        select_rows(TimelineEntry).where(
            col(TimelineEntry.incident_id) == incident_id,
            col(TimelineEntry.kind).in_((EntryKind.LEFT, EntryKind.REFUSED_ACCESS)),
        )
    )
    return any(entry.data.get("person") == user for entry in ended)


def seqs_of(tx: Transaction, incident_id: str, kinds: Collection[EntryKind]) -> list[int]:
    """Return the numbers of an incident's timeline entries of these kinds."""
    return [row["seq"] for row in tx.read(_seqs_of(frozenset(kinds)), incident=incident_id)]


@cache
def _seqs_of(kinds: frozenset[EntryKind]) -> Prepared:
    return Prepared(
        select(col(TimelineEntry.seq)).where(
            col(TimelineEntry.incident_id) == bindparam("incident"),
            one_of_these(col(TimelineEntry.kind), sorted(kinds)),
        )
    )
