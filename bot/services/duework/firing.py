"""What happens when a timer fires: one transaction with its own end.

What each kind of due work does is none of the engine's business: a table says it, which the caller
passes in (`bot.kinds.due_work`).
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
    """Due work that decides something about an escalation: each piece has a transaction of its own.

    `lock` locks the escalation before the work is done, as every service does.
    """

    lock: Callable[[Transaction, str], Incident | None]
    do: Callable[[Transaction, Act, Incident, Policy, DueWork], None]


@dataclass(frozen=True, slots=True)
class DoneTogether:
    """Due work that leads to a message or two: many pieces share a transaction, and lock little.

    `subjects` is the table whose rows the work names, where they are locked too.
    """

    do: Callable[[Transaction, Act, Sequence[DueWork]], None]
    subjects: Table | None = None


DueWorkKinds = Mapping[TimerKind, DoneAlone | DoneTogether]


def alone(kinds: DueWorkKinds) -> tuple[TimerKind, ...]:
    return tuple(kind for kind, row in kinds.items() if isinstance(row, DoneAlone))


def together(kinds: DueWorkKinds) -> tuple[TimerKind, ...]:
    return tuple(kind for kind, row in kinds.items() if isinstance(row, DoneTogether))


class Fenced(Exception):
    """Somebody else has this work by now; what was done here is rolled back."""


def fire(kinds: DueWorkKinds, db: Database, policy: Policy, work: DueWork, now: datetime) -> None:
    """Do what is due. Its effects and its end commit together, or not at all."""
    row = kinds[work.kind]
    if isinstance(row, DoneTogether):
        fire_together(kinds, db, [work], now)
        return
    try:
        with db.transaction() as tx:
            # First, as every service does: an answer that withdraws this work at the same time
            # waits, or is waited for, and nobody deadlocks.
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
    """Do claimed work of kinds that are done together: all of it commits, or none."""
    with db.transaction() as tx:
        # What they are about, before themselves, as every service does.
        for table, ids in _subjects(kinds, works).items():
            lock_in_order(tx, table, ids)
        _do_together(kinds, tx, timers.finish_all(tx, works), now)


class Fired(NamedTuple):
    """What was done, and whether something was left to be claimed and done alone."""

    done: list[DueWork]
    left: bool


def fire_due(
    kinds: DueWorkKinds, db: Database, *, now: datetime, real: datetime, limit: int
) -> Fired:
    """Do what is due of the kinds that are done together: all of it commits, or none.

    Nothing of it leaves the database, so nothing has to be claimed first. The work is locked
    before what it is about, the other way round than elsewhere; so nothing here waits for such a
    lock, and nobody deadlocks. What somebody changes at this moment is left.
    """
    with db.transaction() as tx:
        held = timers.hold(tx, now=now, real=real, limit=limit, kinds=together(kinds))
        free = _free(kinds, tx, held)
        timers.end(tx, free)
        _do_together(kinds, tx, free, now)
    return Fired(free, left=len(free) < len(held))


def _free(kinds: DueWorkKinds, tx: Transaction, held: Sequence[DueWork]) -> list[DueWork]:
    """Leave out what is about something that somebody else has locked, or that is gone."""
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
    """What this work is about, by table: the escalations first, as every service locks them."""
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
