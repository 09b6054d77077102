"""Incidents, their timeline and the people in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, delete, func, literal, or_, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.ids import reference
from bot.domain.lifecycle import OPEN, State
from bot.domain.severity import Severity
from bot.domain.timeline import Entry, EntryKind, chain
from bot.domain.visibility import Tier, by_invitation
from bot.store.prepared import Prepared, ToCome, one_of
from bot.store.tables import (
    Decision,
    Incident,
    PagingRun,
    Participant,
    TimelineEntry,
    WorkspaceRow,
)
from bot.store.tables.states import OWN_CHANNEL
from bot.store.transaction import Transaction, as_object, core, insert_or, inserted

# The states are few and known: an index on (team_id, state) serves every list of open ones.
OPEN_STATES = tuple(sorted(OPEN))
_OPEN_TIERS = [tier for tier in Tier if not by_invitation(tier)]


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
# Who belongs to it before who only reads, then who is in it longest.
_IN_ORDER = (col(Participant.belongs).desc(), col(Participant.since), col(Participant.user_id))
_PARTICIPANTS = Prepared(
    select(col(Participant.user_id), col(Participant.belongs))
    .where(col(Participant.incident_id) == bindparam("incident"))
    .order_by(*_IN_ORDER)
)
_DECISIONS = Prepared(
    select_rows(Decision)
    .where(col(Decision.incident_id) == bindparam("incident"))
    .order_by(col(Decision.at), col(Decision.id))
)


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


def made(**values: Any) -> Incident:
    """Return an incident that is not stored yet; what is left out has its default."""
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
    """Find the incident whose channel this is (or whose thread in a shared channel)."""
    here = (col(Incident.team_id) == workspace.team_id, col(Incident.channel_id) == channel_id)
    if thread_ts is not None:
        found = tx.first(select_rows(Incident).where(*here, col(Incident.thread_ts) == thread_ts))
        if found is not None:
            return found
    return tx.first(select_rows(Incident).where(*here, col(Incident.room).in_(OWN_CHANNEL)))


def change(tx: Transaction, incident_id: str, values: Mapping[str, Any]) -> None:
    # In one order, so that the same columns are the same statement.
    tx.run(_CHANGE, [{"changed_id": incident_id, **dict(sorted(values.items()))}])


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
    """Return the entries in order; with `newest`, only that many of the last ones."""
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


@cache
def _invited(dialect: str) -> Prepared:
    """Whoever was let in to read may come to belong; nobody who belongs is set back. An owner who
    had left the channel comes back into it."""
    new = insert_or(dialect, Participant)
    return Prepared(
        new.on_conflict_do_update(
            index_elements=[col(Participant.incident_id), col(Participant.user_id)],
            set_={"belongs": new.excluded.belongs | col(Participant.belongs), "left_at": None},
            where=(new.excluded.belongs & ~col(Participant.belongs))
            | col(Participant.left_at).is_not(None),
        )
    )


def tightened(tx: Transaction, incident_id: str) -> TimelineEntry | None:
    """Return the entry by which an incident was made restricted; None where it was opened so."""
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
    """Return the newest entry by which a task was given, or handed over."""
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
            col(TimelineEntry.kind) == EntryKind.ROOM,
        )
        .order_by(col(TimelineEntry.seq).desc())
        .limit(1)
    )
    return next(iter(tx.all(of_room)), None)


def was_in(tx: Transaction, incident_id: str, user: str) -> bool:
    """Tell whether somebody left an incident, or was kept out of it or removed from it."""
    ended = tx.all(
        select_rows(TimelineEntry).where(
            col(TimelineEntry.incident_id) == incident_id,
            col(TimelineEntry.kind).in_((EntryKind.LEFT, EntryKind.REFUSED_ACCESS)),
        )
    )
    return any(entry.data.get("person") == user for entry in ended)


def invite(
    tx: Transaction,
    incident: Incident,
    users: Iterable[str],
    team_key: str | None,
    now: datetime,
    *,
    belongs: bool,
) -> int:
    """Add participants; return how many are new, or belong to it from now on."""
    rows = [
        {
            "team_id": incident.team_id,
            "enterprise_id": incident.enterprise_id,
            "incident_id": incident.id,
            "user_id": user,
            "team_key": team_key,
            "since": now,
            "belongs": belongs,
        }
        for user in dict.fromkeys(users)
    ]
    return tx.run(_invited(tx.dialect), rows)


def seats(tx: Transaction, incident_id: str) -> dict[str, bool]:
    """Return who is in an incident, and whether each belongs to it or may only read it."""
    rows = tx.read(_PARTICIPANTS, incident=incident_id)
    return {row["user_id"]: row["belongs"] for row in rows}


def participants(tx: Transaction, incident_id: str) -> list[str]:
    """Return who is in an incident: who belongs to it first, then who is in it longest."""
    return list(seats(tx, incident_id))


@cache
def _participants_among(dialect: str) -> Prepared:
    everyone = select(col(Participant.incident_id), col(Participant.user_id))
    theirs = everyone.where(one_of(dialect, col(Participant.incident_id), "ids"))
    return Prepared(theirs.order_by(*_IN_ORDER))


def participants_of(tx: Transaction, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return who is in each of several incidents."""
    found: dict[str, list[str]] = {incident_id: [] for incident_id in ids}
    if found:
        for row in tx.read(_participants_among(tx.dialect), ids=list(found)):
            found[row["incident_id"]].append(row["user_id"])
    return found


def with_seats_of(
    tx: Transaction, workspace: Workspace, users: Collection[str]
) -> dict[str, list[str]]:
    """Return the incidents that these people are in, and who is in which: those that have not
    ended, and those that only the invited may read."""
    if not users:
        return {}
    found = tx.execute(
        select(col(Participant.incident_id), col(Participant.user_id))
        .join(Incident, col(Incident.id) == col(Participant.incident_id))
        .where(
            *_seats_of(workspace, users),
            or_(col(Incident.ended_at).is_(None), col(Incident.tier).not_in(_OPEN_TIERS)),
        )
    )
    seats: dict[str, list[str]] = {}
    for row in found.mappings():
        seats.setdefault(row["incident_id"], []).append(row["user_id"])
    return seats


def end_seats_of(tx: Transaction, workspace: Workspace, users: Collection[str]) -> None:
    """Let these people be in no incident any more."""
    if users:
        tx.execute(delete(Participant).where(*_seats_of(workspace, users)))


def seated(tx: Transaction, workspace: Workspace, users: Collection[str]) -> frozenset[str]:
    """Return which of these people are in any incident."""
    if not users:
        return frozenset()
    theirs = select(col(Participant.user_id)).where(*_seats_of(workspace, users)).distinct()
    return frozenset(tx.execute(theirs).scalars())


def _seats_of(workspace: Workspace, users: Collection[str]) -> list[Any]:
    return [
        col(Participant.team_id) == workspace.team_id,
        col(Participant.user_id).in_(list(users)),
    ]


_INVITED = select(col(Participant.incident_id)).where(
    col(Participant.incident_id).in_(bindparam("incidents", expanding=True)),
    col(Participant.user_id) == bindparam("user"),
)


def invited_to(tx: Transaction, user: str, ids: Iterable[str]) -> frozenset[str]:
    """Return to which of these incidents a person is invited."""
    asked = {"incidents": list(ids), "user": user}
    return frozenset(tx.execute(_INVITED, asked).scalars())


def duplicates_of(tx: Transaction, incident_id: str) -> list[Incident]:
    """Return the incidents that were closed as duplicates of this one."""
    return tx.every(Incident, _DUPLICATES, original=incident_id)


def decisions(tx: Transaction, incident_id: str) -> list[Decision]:
    return tx.every(Decision, _DECISIONS, incident=incident_id)


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

    `mine`: those that `reader` owns or is in, and first those in which they are `asked`.

    Severity is shown to every reader. Teams and delays are not: a filter on them matches only
    what `reader` may read in full, because a match alone would tell them.
    """
    wanted: list[Any] = [
        col(Incident.team_id) == workspace.team_id,
        col(Incident.state).in_(OPEN_STATES if state is None else (state,)),
    ]
    if severity is not None:
        wanted.append(col(Incident.severity) == severity)
    # Asked of each open incident: somebody may have been in a hundred thousand closed ones.
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


_FOR_ALL = col(Incident.tier).in_(_OPEN_TIERS)


def _has(table: type[Participant] | type[PagingRun], *conditions: Any) -> Any:
    """Whether the incident that is looked at has such a row.

    One look for each open incident. Said as EXISTS within an OR, PostgreSQL may choose to read
    the whole table once instead.
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


def name_of(incident: Incident) -> str:
    return reference(incident.number)


def workspaces(tx: Transaction) -> list[WorkspaceRow]:
    return tx.all(select_rows(WorkspaceRow).order_by(col(WorkspaceRow.team_id)))


def odd_numbers(tx: Transaction, workspace: WorkspaceRow, most: int) -> list[int]:
    """Return numbers of which there is no incident, and those that were never given."""
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
    """Return incidents in the order in which they were opened, those behind id `after`."""
    query = select_rows(Incident).where(col(Incident.id) > after, col(Incident.drill).is_(False))
    if number is not None:
        query = query.where(col(Incident.number) == number)
    return tx.all(query.order_by(col(Incident.id)).limit(limit))
