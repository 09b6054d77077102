"""Which connection holds which row on PostgreSQL. One connection stops where it must wait."""

import threading
from collections.abc import Callable
from functools import partial

from sqlalchemy import select, text

from bot.store.database import Database
from bot.store.tables import Lane
from bot.store.transaction import Table, Transaction, core
from tests.waiting import eventually


def _waits_for_a_lock(db: Database) -> bool:
    with db.reading() as tx:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(tx.execute(waiting).scalar_one())


async def blocked(db: Database, deed: Callable[[], object]) -> threading.Thread:
    """Start the work in a thread, and return once it waits for a lock."""
    thread = threading.Thread(target=deed)
    thread.start()
    await eventually(partial(_waits_for_a_lock, db), "it waits for nobody")
    return thread


def free(tx: Transaction, table: Table, *keys: str) -> set[str]:
    """Return those of these rows that no other transaction holds, and lock them."""
    rows = core(table)
    key = rows.c.key if table is Lane else rows.c.id
    wanted = select(key).where(key.in_(keys)).with_for_update(skip_locked=True)
    return set(tx.execute(wanted).scalars())
