"""What a database needs now and then; most of it SQLite, as PostgreSQL looks after itself."""

import secrets
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import col

from bot.store.database import Database
from bot.store.engines import LONGEST_LOG, LONGEST_WAIT_MS
from bot.store.sqlite_file import SQLiteFile
from bot.store.tables import Limit
from bot.store.transaction import Transaction, insert_or

_PATIENCE_MS = 50
"""The one writer waits meanwhile, and so does whoever sends a command."""
_ROWS_LOOKED_AT = 400
_SPACE = "space:"
_AN_OPENING = 200
"""Rows that need as much room as an escalation with its pages."""
_LONGEST_WORDS = 80
_FIRST_NUMBER = 2**30


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
    return _write_back(db, "TRUNCATE")


def _write_back(db: Database, how: str) -> bool:
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


def look_for_room(db: Database, real: datetime) -> None:
    """Store something small; where there was no room, as much as an opening needs.

    On SQLite the file's number rises with it, which tells this content from any other. Raises
    StoreUnavailable.
    """
    number = 0
    with db.transaction() as tx:
        _fill(tx, _AN_OPENING if db.takes_nothing else 1, real)
        if db.file is not None:
            number = _raise_number(tx, db.file)
    db.takes_nothing = False
    if db.file is not None and not db.file.is_watched:
        _write_back(db, "FULL")
        db.file.watch(number)


def look_for_damage(db: Database) -> None:
    """Forget that the file counts as damaged, where all of it can be read again.

    It ends at the first fault; without one it reads the whole file, on a connection of its own: the
    others keep what they have read. Raises StoreUnavailable.
    """
    if db.file is None:
        return
    with closing(db.file.connect()) as connection, suppress(sqlite3.DatabaseError):
        db.is_damaged = connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)


def _fill(tx: Transaction, rows: int, real: datetime) -> None:
    """Take the room and give up what was taken before. Over by now, they hold nothing."""
    tx.execute(delete(Limit).where(col(Limit.scope).startswith(_SPACE)))
    given = {"team_id": "", "blocked_until": real, "reason": "-" * _LONGEST_WORDS}
    filling = [{**given, "scope": f"{_SPACE}{row:->100}"} for row in range(rows)]
    # Another replica may do the same at this moment.
    tx.execute(insert_or(tx.dialect, Limit).on_conflict_do_nothing(), filling)


def _raise_number(tx: Transaction, file: SQLiteFile) -> int:
    known: int = tx.connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    number = known + 1 if known else 1 + secrets.randbelow(_FIRST_NUMBER)
    file.will_have(number)
    tx.connection.exec_driver_sql(f"PRAGMA user_version = {number}")
    return number
