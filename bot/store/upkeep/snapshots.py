"""Copies a SQLite database while it is in use, and prepares a database after a restore."""

import errno
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.delivery.outbox_statements import IS_UNSENT
from bot.store.sql.sqlite_file import PRIVATE
from bot.store.tables import Delivery, Incident, TimelineEntry
from bot.store.transaction import Transaction, core

_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_WRITE")


class NotADatabase(Exception):
    """The file is not a whole SQLite database; the text says what was found."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Counts of a database's rows, for people to compare."""

    incidents: int
    entries: int
    unsent: int


def contents(tx: Transaction) -> Contents:
    tables = (Incident, TimelineEntry)
    incidents, entries = (
        tx.execute(select(func.count()).select_from(core(table))).scalar_one() for table in tables
    )
    unsent = select(func.count()).select_from(core(Delivery)).where(IS_UNSENT)
    return Contents(incidents, entries, tx.execute(unsent).scalar_one())


def mark_uncertain(tx: Transaction) -> int:
    """Make the bot look up every due delivery in Slack before it sends it; return how many.

    A restored database does not know what was sent after the copy was made.
    """
    due = update(core(Delivery)).where(col(Delivery.state) == DeliveryState.DUE)
    return tx.changed(due.values(state=DeliveryState.UNKNOWN, lookups=0))


def partial(target: Path) -> Path:
    """Make an empty private file beside `target`, for a copy that is not finished yet."""
    path = target.with_name(f".{target.name}.{uuid4().hex[:8]}.partial")
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    return path


def copy(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, while others read and write it.

    This copies all pages in one step: with several, each write in between would restart the copy.
    Raises NotADatabase for the source, and OSError if there is no room for the copy.
    """
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as read,
        closing(sqlite3.connect(target)) as written,
    ):
        try:
            read.backup(written)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname in _NO_ROOM:
                said = os.strerror(errno.ENOSPC)
                raise OSError(errno.ENOSPC, said, str(target.parent)) from error
            raise NotADatabase(str(error)) from error


def check(path: Path) -> None:
    """Read the whole file; raises NotADatabase if it is damaged."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as opened:
        try:
            found = [row[0] for row in opened.execute("PRAGMA integrity_check(5)")]
        except sqlite3.DatabaseError as error:
            raise NotADatabase(str(error)) from error
    if found != ["ok"]:
        raise NotADatabase("; ".join(found))


def is_in_use(path: Path) -> bool:
    """Tell whether another process has the database open, even if it is idle."""
    with closing(sqlite3.connect(path, timeout=0.2, isolation_level=None)) as opened:
        try:
            opened.execute("PRAGMA locking_mode = EXCLUSIVE")
            opened.execute("BEGIN EXCLUSIVE")
            opened.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
        except sqlite3.DatabaseError:
            return False  # Not a database, so no process uses it as one.
    return False


def put_in_place(finished: Path, target: Path) -> None:
    """Rename a finished copy to its final name, as one file that is safely on the disk."""
    with closing(sqlite3.connect(finished)) as opened:
        # Without WAL, no log beside the file can be forgotten, and a read-only folder is enough.
        opened.execute("PRAGMA journal_mode = DELETE")
    _to_disk(finished)
    finished.replace(target)
    _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
