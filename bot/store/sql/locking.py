"""Locks several rows at once. SQLite has one writer, so there no other transaction holds locks."""

from collections.abc import Collection, Iterable
from functools import cache

from sqlalchemy import select

from bot.store.sql.prepared import Prepared, one_of
from bot.store.transaction import Table, Transaction, core


def lock_in_order(tx: Transaction, table: Table, ids: Iterable[str]) -> None:
    """Keep others from changing these rows. Locks in one order everywhere, to avoid deadlocks."""
    wanted = list(ids)
    if wanted and not tx.has_one_writer:
        tx.read(_in_order(tx.dialect, table), ids=wanted)


def lock_free(tx: Transaction, table: Table, ids: Collection[str]) -> Collection[str]:
    """Lock the rows that no other transaction has locked, and return their ids.

    This never waits, so any order is safe.
    """
    if not ids or tx.has_one_writer:
        return ids
    return {each for (each,) in tx.listed(_free(tx.dialect, table), ids=list(ids))}


@cache
def _in_order(dialect: str, table: Table) -> Prepared:
    key = core(table).c.id
    wanted = select(key).where(one_of(dialect, key, "ids"))
    return Prepared(wanted.order_by(key.collate("C")).with_for_update())


@cache
def _free(dialect: str, table: Table) -> Prepared:
    key = core(table).c.id
    wanted = select(key).where(one_of(dialect, key, "ids"))
    return Prepared(wanted.with_for_update(skip_locked=True))
