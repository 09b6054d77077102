"""What a database needs now and then; most of it SQLite, as PostgreSQL looks after itself."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.store.database import Database
from bot.store.sql.engines import LONGEST_LOG, LONGEST_WAIT_MS

_PATIENCE_MS = 50
"""The one writer waits meanwhile, and so does whoever sends a command."""
_ROWS_LOOKED_AT = 400


def log_size(db: Database) -> int:
    """Return the size of the write-ahead log in bytes."""
    log = Path(f"{db.url.database}-wal")
    return log.stat().st_size if log.exists() else 0


def shrink_log(db: Database, longest: int = LONGEST_LOG) -> bool:
    """Write the log into the database and empty it, where it has grown too long.

    SQLite does so by itself once nobody reads from the log; where somebody always does, it grows.
    False when there is nothing to do, or when a reader did not let go: then it is tried again.
    """
    if not db.is_sqlite or log_size(db) <= longest:
        return False
    return write_back(db, "TRUNCATE")


def write_back(db: Database, how: str) -> bool:
    """Bring the log into the file; False where a reader does not let go of it."""
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
    """Have SQLite look anew at how its tables are filled; bounded, a few milliseconds."""
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
    """Forget that the file counts as damaged, where all of it can be read again. PostgreSQL cannot
    be asked that: there it counts as damaged until the process ends.

    It ends at the first fault; without one it reads the whole file, on a connection of its own: the
    others keep what they have read. Raises StoreUnavailable.
    """
    if db.file is None:
        return
    with closing(db.file.connect()) as connection, suppress(sqlite3.DatabaseError):
        db.is_damaged = connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
