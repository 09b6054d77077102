"""One process at a time serves, migrates or restores a SQLite database.

It takes two locks. The kernel releases both when the process ends, however it ends. The first is
on a file beside the database. It works on every system, and for every symbolic link to the
database. The second is on the database itself, and also covers a hard link in another folder. On
Linux it does not interfere with SQLite's own locks. Elsewhere it may, so there is only the first.
Closing the file drops this process's SQLite locks, so it is closed after the database.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.configuration.database_url import sqlite_file
from bot.configuration.settings import SettingsError
from bot.store.sql.sqlite_file import PRIVATE

_OWN_LOCKS_APART = sys.platform == "linux"
_HEADER = b"SQLite format 3\x00"
_LONGEST_NUMBER = 20


@contextmanager
def sole_user(database_url: str, *, create: bool) -> Iterator[None]:
    """Hold a SQLite database until the block ends. Raises SettingsError if another process does.

    `create`: the block uses the database, and a missing one is created. If not, the block replaces
    it, so it may be damaged. PostgreSQL needs no lock: it serves many processes.
    """
    file = sqlite_file(database_url)
    if file is None:
        yield
        return
    with ExitStack() as held:
        try:
            _hold(held, Path(file).resolve(), create=create)
        except OSError as error:
            raise SettingsError(
                f"DATABASE_URL names {file}, which cannot be used: {error.strerror}."
            ) from None
        yield


def _hold(held: ExitStack, path: Path, *, create: bool) -> None:
    beside = path.with_name(f"{path.name}.lock")
    number = _opened(held, beside, os.O_CREAT)
    _lock(number, path, os.pread(number, _LONGEST_NUMBER, 0))
    if create:
        refuse_half_a_database(path)
    if create or path.exists():
        opened = _opened(held, path, os.O_CREAT if create else 0)
        if _OWN_LOCKS_APART:
            _lock(opened, path)
        if create and os.pread(opened, len(_HEADER), 0) not in (b"", _HEADER):
            raise SettingsError(f"DATABASE_URL names {path}, which is not a SQLite database.")
    os.ftruncate(number, 0)
    os.pwrite(number, str(os.getpid()).encode(), 0)


def refuse_half_a_database(path: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    if not path.exists() and log.exists() and log.stat().st_size:
        raise SettingsError(
            f"{log} is there, but {path} is not: the database was deleted or moved after a crash. "
            f"Put it back beside its log, or move {log.name} away to start without a history."
        )


def _opened(held: ExitStack, path: Path, flags: int) -> int:
    opened = os.open(path, os.O_RDWR | flags, PRIVATE)
    held.callback(os.close, opened)
    return opened


def _lock(opened: int, path: Path, holder: bytes = b"") -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = f"Process {holder.decode()}" if holder.isdigit() else "Another process"
        raise SettingsError(
            f"{who} of Tocsin uses the database {path}: stop it first. A SQLite database has one "
            "process at a time; several need PostgreSQL (docs/how-to/run-on-postgresql.md)."
        ) from None
