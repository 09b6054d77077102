"""The file of a SQLite database. A process works with the one that it began with, or with none."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from bot.domain.errors import HistoryGone
from bot.store.sql.causes import FILE_GONE

Identity = tuple[int, int]
"""Device and inode: they stay when the content changes, and are another file's after a replacement.
The number of a deleted file is free again only when nobody has it open any more."""

PRIVATE = 0o600
"""The permissions of every file that holds escalations."""

_MAGIC = b"SQLite format 3\x00"
_HEADER_LENGTH = 100
_PAGE_SIZE, _PAGES, _NUMBER = slice(16, 18), slice(28, 32), slice(60, 64)
"""Where the header has the size of a page, the number of pages and the `user_version`
(sqlite.org/fileformat2.html)."""


class SQLiteFile:
    """Opens connections, and notices when the file was deleted, moved or replaced meanwhile.

    Who serves it also writes a rising number into it, and so notices another content: the header
    then lacks the number, has an older copy's, or one of another history. It keeps an eye on the
    length too, and on the log beside the file: other connections would begin a new log, and miss
    what the old one has.
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
        """Open the database. It is made only where there was none when this process began."""
        self.check()
        if self._known is None:
            with suppress(OSError):  # SQLite says the same, in the words that callers know.
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
        """Raise HistoryGone unless the name still means the file that was opened, with what
        this process has stored there."""
        if self._known is not None and _identity(self.path) != self._known:
            raise HistoryGone(*FILE_GONE)
        if self._opened is None or not self.is_watched:
            return
        least, known = self._least, self._length
        # In this order: a checkpoint says first how long the file will be, and cuts it off last.
        length = os.fstat(self._opened).st_size
        header = os.pread(self._opened, _HEADER_LENGTH, 0)
        number = _number_in(header)
        if number is None or not least <= number <= self._most:
            raise HistoryGone(*FILE_GONE)
        if length < min(known, _length_in(header)) or _identity(self._log_path) != self._log:
            raise HistoryGone(*FILE_GONE)
        self._length = length
        # An older content has an older number; another thread may have seen a newer one by now.
        self._least = max(number, self._least)

    def will_have(self, number: int) -> None:
        """Expect a number before it is stored: it comes into the file with some checkpoint."""
        self._most = number

    def watch(self, number: int) -> None:
        """Begin to look at the content, if a checkpoint has brought this number into the file."""
        if self._opened is None:
            self._opened = os.open(self.path, os.O_RDONLY)
        if _number_in(os.pread(self._opened, _HEADER_LENGTH, 0)) == number:
            self._keep_log()
            self._least, self.is_watched = number, True

    def _keep_log(self) -> None:
        """Have the log stay while it is watched: it goes with the last connection that read it."""
        if self._keeps_log is None:
            self._keeps_log = self._connected("rw")
            self._keeps_log.execute("SELECT count(*) FROM sqlite_master").fetchall()
        self._log = _identity(self._log_path)

    def close(self) -> None:
        """Let go of the file, once no connection is open: it gives up this process's locks of it,
        those of SQLite as well."""
        if self._keeps_log is not None:
            self._keeps_log.close()
            self._keeps_log = None
        if self._opened is not None:
            os.close(self._opened)
            self._opened, self.is_watched = None, False


def _make_private(path: Path) -> None:
    """Make an empty file for its owner alone, where there is none. SQLite gives the log and the
    index beside it the same permissions."""
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
    """In bytes. A page of 65,536 is written as 1."""
    size = int.from_bytes(header[_PAGE_SIZE])
    return int.from_bytes(header[_PAGES]) * (65_536 if size == 1 else size)
