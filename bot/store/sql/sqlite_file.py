"""The file of a SQLite database. A process uses the file that it began with, or none at all."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from bot.domain.errors import HistoryGone
from bot.store.sql.causes import FILE_GONE

Identity = tuple[int, int]
"""Device and inode. They stay the same when the content changes, and differ after a replacement.
A deleted file's inode becomes free only when no process has the file open."""

PRIVATE = 0o600
"""The permissions of every file that holds escalations."""

_MAGIC = b"SQLite format 3\x00"
_HEADER_LENGTH = 100
_PAGE_SIZE, _PAGES, _NUMBER = slice(16, 18), slice(28, 32), slice(60, 64)
"""Where the header holds the size of a page, the number of pages and the `user_version`
(sqlite.org/fileformat2.html)."""


class SQLiteFile:
    """Opens connections, and notices if the file was deleted, moved or replaced.

    The bot that serves the file also writes a rising number into it, and so notices if the content
    was replaced: the header then has no number, an older copy's number, or a number from another
    history. It also checks the file's length, and that the log beside the file is the same: with
    the log gone, other connections would begin a new one and miss the old one's content.
    """

    def __init__(self, name: str) -> None:
        self.path = Path(name).absolute()
        self._log_path = Path(f"{self.path}-wal")
        self._known = _identity(self.path)
        self._opened: int | None = None
        self.is_watched = False
        self._least = self._most = self._length = 0
        self._log: Identity | None = None
        self._keeps_log: sqlite3.Connection | None = None

    def connect(self) -> sqlite3.Connection:
        """Open the database. Creates it only if there was none when this process began."""
        self.check()
        if self._known is None:
            with suppress(OSError):  # SQLite then raises its own error, which callers expect.
                _make_private(self.path)
        connection = self._connected("rw")
        try:
            if self._known is None:
                self._known = _identity(self.path)
            self.check()
        except HistoryGone:
            connection.close()
            raise
        return connection

    def _connected(self, mode: str) -> sqlite3.Connection:
        uri = f"{self.path.as_uri()}?mode={mode}"
        return sqlite3.connect(uri, uri=True, check_same_thread=False)

    def check(self) -> None:
        """Raise HistoryGone unless the path still leads to the file that was opened, with all that
        this process has stored there."""
        if self._known is not None and _identity(self.path) != self._known:
            raise HistoryGone(*FILE_GONE)
        if self._opened is None or not self.is_watched:
            return
        least, known = self._least, self._length
        # Length before header: a checkpoint writes the new length first, and cuts the file last.
        length = os.fstat(self._opened).st_size
        header = os.pread(self._opened, _HEADER_LENGTH, 0)
        number = _number_in(header)
        if number is None or not least <= number <= self._most:
            raise HistoryGone(*FILE_GONE)
        if length < min(known, _length_in(header)) or _identity(self._log_path) != self._log:
            raise HistoryGone(*FILE_GONE)
        self._length = length
        # Older content has an older number. Another thread may have seen a newer one by now.
        self._least = max(number, self._least)

    def will_have(self, number: int) -> None:
        """Accept a number before it is stored: some later checkpoint writes it into the file."""
        self._most = number

    def watch(self, number: int) -> None:
        """Begin to check the content, if a checkpoint has written this number into the file."""
        if self._opened is None:
            self._opened = os.open(self.path, os.O_RDONLY)
        if _number_in(os.pread(self._opened, _HEADER_LENGTH, 0)) == number:
            self._keep_log()
            self._least, self.is_watched = number, True

    def _keep_log(self) -> None:
        """Keep the log while it is watched: SQLite deletes it with the last connection."""
        if self._keeps_log is None:
            self._keeps_log = self._connected("rw")
            self._keeps_log.execute("SELECT count(*) FROM sqlite_master").fetchall()
        self._log = _identity(self._log_path)

    def close(self) -> None:
        """Close the file. Call this when no connection is open: it releases all of this process's
        locks on the file, SQLite's too."""
        if self._keeps_log is not None:
            self._keeps_log.close()
            self._keeps_log = None
        if self._opened is not None:
            os.close(self._opened)
            self._opened, self.is_watched = None, False


def _make_private(path: Path) -> None:
    """Make an empty file that only its owner may use, if there is none. SQLite gives the log and
    the index beside it the same permissions."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE))


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _number_in(header: bytes) -> int | None:
    return int.from_bytes(header[_NUMBER]) if header.startswith(_MAGIC) else None


def _length_in(header: bytes) -> int:
    """Return the length in bytes. The header has 1 for a page size of 65,536."""
    size = int.from_bytes(header[_PAGE_SIZE])
    return int.from_bytes(header[_PAGES]) * (65_536 if size == 1 else size)
