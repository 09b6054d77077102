"""Stores millions of rows in minutes, by delaying all work that costs something for each row.

Secondary indexes are dropped, and made again from the database's own definitions. So the schema is
the same afterwards. No other process may use the database meanwhile.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bot.store.database import Database

Run = Callable[[str], object]
"""Executes one statement without parameters."""


@contextmanager
def filling(db: Database, tables: Sequence[str]) -> Iterator[Run]:
    """Yield a function that runs statements while `tables` have no secondary indexes.

    The changes are kept.
    """
    db.engine.dispose()
    with _sqlite(db, tables) if db.is_sqlite else _postgres(db, tables) as run:
        yield run
    # Pending writes would otherwise count as the bot's work.
    os.sync()


@contextmanager
def _sqlite(db: Database, tables: Sequence[str]) -> Iterator[Run]:
    path = Path(str(db.url.database))
    connection = sqlite3.connect(path, isolation_level=None)
    # For this connection only. A seeding that is cut short is thrown away.
    for setting in (
        "journal_mode = OFF",
        "synchronous = OFF",
        "locking_mode = EXCLUSIVE",
        "cache_size = -400000",
        f"threads = {os.cpu_count() or 1}",
    ):
        connection.execute(f"PRAGMA {setting}")
    named = ", ".join(f"'{table}'" for table in tables)
    kept = connection.execute(
        "SELECT name, sql FROM sqlite_master "  # noqa: S608
        f"WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({named})"
    ).fetchall()
    for name, _ in kept:
        connection.execute(f"DROP INDEX {name}")
    yield connection.execute
    for _, made in kept:
        connection.execute(made)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,
       pg_get_constraintdef(c.oid), i.indrelid::regclass::text
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
WHERE i.indrelid = ANY (%s::regclass[])"""


@contextmanager
def _postgres(db: Database, tables: Sequence[str]) -> Iterator[Run]:
    address = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '1GB'")
        kept = connection.execute(_INDEXES, [list(tables)]).fetchall()
        for index, _, constraint, _, table in kept:
            connection.execute(
                (
                    f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"
                    if constraint
                    else f"DROP INDEX {index}"
                ).encode()
            )
        yield lambda statement: connection.execute(statement.encode())
        for _, made, constraint, rule, table in kept:
            connection.execute(
                (
                    f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {rule}"
                    if constraint
                    else made
                ).encode()
            )
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
