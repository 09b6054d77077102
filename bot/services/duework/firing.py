"""Fires timers: each piece of work and its timer's end commit in one transaction.

The engine does not know what each kind of due work does. The caller passes in a table that does
(`bot.kinds.due_work`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.domain.act import Act, Workspace, by_the_bot
from bot.domain.kinds import TimerKind
from bot.policy import Policy
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.duework.timers import DueWork
from bot.store.sql.locking import lock_free, lock_in_order
from bot.store.tables import Incident
from bot.store.transaction import Table, Transaction


@dataclass(frozen=True, slots=True)
class DoneAlone:
    """Due work that decides something about an escalation, each in a transaction of its own.

    `lock` locks the escalation before the work is done, as every service does.
    """

    lock: Callable[[Transaction, str], Incident | None]
    do: Callable[[Transaction, Act, Incident, Policy, DueWork], None]


@dataclass(frozen=True, slots=True)
class DoneTogether:
    """Due work that leads to a message or two. Many pieces share a transaction, with few locks.

    `subjects`: the table of the rows that the work is about, if these are locked too.
    """

    do: Callable[[Transaction, Act, Sequence[DueWork]], None]
    subjects: Table | None = None


DueWorkKinds = Mapping[TimerKind, DoneAlone | DoneTogether]


def alone(kinds: DueWorkKinds) -> tuple[TimerKind, ...]:
    return tuple(kind for kind, row in kinds.items() if isinstance(row, DoneAlone))


def together(kinds: DueWorkKinds) -> tuple[TimerKind, ...]:
    return tuple(kind for kind, row in kinds.items() if isinstance(row, DoneTogether))


class Fenced(Exception):
    """Another worker has this work by now; the transaction is rolled back."""


def fire(kinds: DueWorkKinds, db: Database, policy: Policy, work: DueWork, now: datetime) -> None:
    """Do what is due. Its effects and the timer's end commit together, or not at all."""
    row = kinds[work.kind]
    if isinstance(row, DoneTogether):
        fire_together(kinds, db, [work], now)
        return
    try:
        with db.transaction() as tx:
            # The incident first, as in every service. If an answer withdraws this work at the
            # same time, one waits for the other, and there is no deadlock.
            incident = row.lock(tx, work.incident_id) if work.incident_id else None
            if not timers.finish(tx, work):
                raise Fenced
            if incident is not None:
                row.do(tx, by_the_bot(work.workspace, now), incident, policy, work)
    except Fenced:
        return


def fire_together(
    kinds: DueWorkKinds, db: Database, works: Sequence[DueWork], now: datetime
) -> None:
    """Do claimed work of kinds that are done together. All of it commits, or none."""
    with db.transaction() as tx:
        # Lock what the work is about before the work itself, as every service does.
        for table, ids in _subjects(kinds, works).items():
            lock_in_order(tx, table, ids)
        _do_together(kinds, tx, timers.finish_all(tx, works), now)


class Fired(NamedTuple):
    """The work that was done, and whether some was left to be claimed and done alone."""

    done: list[DueWork]
    left: bool


def fire_due(
    kinds: DueWorkKinds, db: Database, *, now: datetime, real: datetime, limit: int
) -> Fired:
    """Do due work of the kinds that are done together. All of it commits, or none.

    The effects stay in the database, so no claim is needed first. This locks the work before its
    subjects, unlike the services. So it never waits for a subject's lock, which rules out a
    deadlock; it leaves work whose subject another transaction has locked.
    """
    with db.transaction() as tx:
        held = timers.hold(tx, now=now, real=real, limit=limit, kinds=together(kinds))
        free = _free(kinds, tx, held)
        timers.end(tx, free)
        _do_together(kinds, tx, free, now)
    return Fired(free, left=len(free) < len(held))


def _free(kinds: DueWorkKinds, tx: Transaction, held: Sequence[DueWork]) -> list[DueWork]:
    """Return the work whose subjects all exist and are not locked by another transaction."""
    free = {table: lock_free(tx, table, ids) for table, ids in _subjects(kinds, held).items()}
    return [work for work in held if all(key in free[table] for table, key in _about(kinds, work))]


def _do_together(
    kinds: DueWorkKinds, tx: Transaction, ours: Sequence[DueWork], now: datetime
) -> None:
    sorts: dict[tuple[TimerKind, Workspace], list[DueWork]] = {}
    for work in ours:
        sorts.setdefault((work.kind, work.workspace), []).append(work)
    for (kind, workspace), works in sorts.items():
        row = kinds[kind]
        assert isinstance(row, DoneTogether)
        row.do(tx, by_the_bot(workspace, now), works)


def _subjects(kinds: DueWorkKinds, works: Sequence[DueWork]) -> dict[Table, set[str]]:
    """Return the rows that this work is about, by table: escalations first, the locking order."""
    found: dict[Table, set[str]] = {Incident: set()}
    for work in works:
        for table, key in _about(kinds, work):
            found.setdefault(table, set()).add(key)
    return found


def _about(kinds: DueWorkKinds, work: DueWork) -> list[tuple[Table, str]]:
    row = kinds[work.kind]
    about: list[tuple[Table, str]] = []
    if work.incident_id is not None:
        about.append((Incident, work.incident_id))
    if isinstance(row, DoneTogether) and row.subjects is not None:
        about.append((row.subjects, work.subject))
    return about
