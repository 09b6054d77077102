"""Checks by writing whether the database stores, and whether it has room for more.

A check replaces what the check before it wrote, so a small check needs no new room. A server with a
full disk, or SQLite with a long log, can pass it for hours although the first escalation would not
fit. A thorough check writes as much as an escalation needs.
"""

import os
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import col

from bot.store.database import Database
from bot.store.sql.sqlite_file import SQLiteFile
from bot.store.tables import Limit
from bot.store.transaction import Transaction, insert_or
from bot.store.upkeep.maintenance import write_back

LEAST_FREE = 4 * 1024 * 1024
"""Free bytes on the disk of a SQLite file. With fewer, its log or the file soon cannot grow."""
_SPACE = "space:"
_AN_OPENING = 600
"""This many rows need as much room as an escalation with its pages."""
_LONGEST_WORDS = 80
_FIRST_NUMBER = 2**30
# In a new table: an old one would first fill the room of its deleted rows.
_NEW_PAGES = """CREATE TEMPORARY TABLE tocsin_room ON COMMIT DROP AS
    SELECT repeat('-', 200) AS filling FROM generate_series(1, 1000)"""
_MAY_MAKE_ONE = "SELECT has_database_privilege(current_database(), 'TEMP')"


def look_for_room(db: Database, real: datetime, *, thorough: bool = False) -> None:
    """Store something small. If `thorough`, or if there was no room before, store as much as an
    opening needs.

    On SQLite this also raises the file's number, which tells this content from any other. Raises
    StoreUnavailable.
    """
    number = 0
    thorough = thorough or db.takes_nothing
    with db.transaction() as tx:
        store(tx, real, thorough=thorough)
        if db.file is not None:
            number = _raise_number(tx, db.file)
    db.takes_nothing = False
    if db.file is not None and not db.file.is_watched:
        write_back(db, "FULL")
        db.file.watch(number)


def try_room(db: Database, real: datetime) -> None:
    """Check the room beside a bot that serves the database, without touching the file's number.

    Only the bot that serves the file sets that number.
    """
    for thorough in (True, False):  # The second one releases the first one's room.
        with db.transaction() as tx:
            store(tx, real, thorough=thorough)


def is_nearly_full(db: Database) -> bool:
    """Tell whether the disk under a SQLite file has little room. False for a server, which does not
    tell its room."""
    if db.file is None:
        return False
    try:
        found = os.statvfs(Path(db.file.path).parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < LEAST_FREE


def store(tx: Transaction, real: datetime, *, thorough: bool) -> None:
    sqlite = tx.dialect == "sqlite"
    _fill(tx, _AN_OPENING if thorough and sqlite else 1, real)
    if thorough and not sqlite and tx.connection.exec_driver_sql(_MAY_MAKE_ONE).scalar():
        tx.connection.exec_driver_sql(_NEW_PAGES)


def _fill(tx: Transaction, rows: int, real: datetime) -> None:
    """Replace the rows of the last check. The new ones end at once, so they block nothing."""
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
