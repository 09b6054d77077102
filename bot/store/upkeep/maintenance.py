"""Occasional maintenance, mostly of SQLite, because PostgreSQL looks after itself."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.store.database import Database
from bot.store.sql.engines import LONGEST_LOG, LONGEST_WAIT_MS

_PATIENCE_MS = 50
"""Short, because the one writer waits in the meantime, and so do people who send commands."""
_ROWS_LOOKED_AT = 400


def log_size(db: Database) -> int:
    """Return the size of the write-ahead log in bytes."""
    log = Path(f"{db.url.database}-wal")
    return log.stat().st_size if log.exists() else 0


def shrink_log(db: Database, longest: int = LONGEST_LOG) -> bool:
    """Write the log into the database and empty it, if it has grown longer than `longest` bytes.

    SQLite does this by itself when no connection reads from the log. If one always does, the log
    grows. False if there is nothing to do, or if a reader still used the log: then try again later.
    """
    if not db.is_sqlite or log_size(db) <= longest:
        return False
    return write_back(db, "TRUNCATE")


def write_back(db: Database, how: str) -> bool:
    """Write the log into the file; False if a reader still uses the log."""
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        busy, _, _ = cursor.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT_MS}")
        cursor.close()
    finally:
        connection.close()
    return not busy


def refresh_statistics(db: Database) -> None:
    """Make SQLite refresh its statistics. Bounded: it takes a few milliseconds."""
    if not db.is_sqlite:
        return
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA analysis_limit = {_ROWS_LOOKED_AT}")
        cursor.execute("PRAGMA optimize")
        cursor.close()
    finally:
        connection.close()


def look_for_damage(db: Database) -> None:
    """Check whether the SQLite file is damaged, and store the result in `db.is_damaged`.

    There is no such check for PostgreSQL: there the mark stays until the process ends. The check
    stops at the first fault; without one it reads the whole file. It has its own connection, so
    that the others keep their caches. Raises StoreUnavailable.
    """
    if db.file is None:
        return
    with closing(db.file.connect()) as connection, suppress(sqlite3.DatabaseError):
        db.is_damaged = connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
