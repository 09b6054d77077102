"""How a transaction begins."""

import sqlite3
from contextlib import closing

import pytest

from bot.store.database import Database


def test_on_sqlite_a_transaction_writes_unless_it_says_otherwise(sqlite: Database) -> None:
    """One that reads first would otherwise fail at its first change if another wrote meanwhile."""
    path = str(sqlite.url.database)
    with (
        sqlite.engine.begin(),
        closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")
