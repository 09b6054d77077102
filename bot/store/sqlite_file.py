"""The file of a SQLite database. A process works with the one that it began with, or with none."""

import os
import sqlite3
from pathlib import Path

from bot.domain.errors import HistoryGone

Identity = tuple[int, int]
"""Device and inode: they stay when the content changes, and are another file's after a replacement.
The number of a deleted file is free again only when nobody has it open any more."""

_MAGIC = b"SQLite format 3\x00"
_HEADER_LENGTH = 100
_NUMBER = slice(60, 64)
"""Where the header has the `user_version` (sqlite.org/fileformat2.html)."""


class SQLiteFile:
    """Opens connections, and notices when the file was deleted, moved or replaced meanwhile.

    Who serves it also writes a rising number into it, and so notices another content: the header
    then lacks the number, has an older copy's, or one of another history.
    """

    def __init__(self, name: str) -> None:
        self.path = Path(name).absolute()
        self._known = self._identity()
        self._opened: int | None = None
        self.is_watched = False
        self._least = self._most = 0

    def connect(self) -> sqlite3.Connection:
        """Open the database. It is made only where there was none when this process began."""
        self.check()
        mode = "rwc" if self._known is None else "rw"
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode={mode}", uri=True, check_same_thread=False
        )
        try:
            if self._known is None:
                self._known = self._identity()
            self.check()
        except HistoryGone:
            connection.close()
            raise
        return connection

    def check(self) -> None:
        """Raise HistoryGone unless the name still means the file that was opened, with what
        this process has stored there."""
        if self._known is not None and self._identity() != self._known:
            raise HistoryGone
        if self._opened is None or not self.is_watched:
            return
        least, number = self._least, _number_in(self._opened)
        if number is None or not least <= number <= self._most:
            raise HistoryGone
        # An older content has an older number; another thread may have seen a newer one by now.
        self._least = max(number, self._least)

    def will_have(self, number: int) -> None:
        """Expect a number before it is stored: it comes into the file with some checkpoint."""
        self._most = number

    def watch(self, number: int) -> None:
        """Begin to look at the content, if a checkpoint has brought this number into the file."""
        if self._opened is None:
            self._opened = os.open(self.path, os.O_RDONLY)
        if _number_in(self._opened) == number:
            self._least, self.is_watched = number, True

    def close(self) -> None:
        """Let go of the file, once no connection is open: it gives up this process's locks of it,
        those of SQLite as well."""
        if self._opened is not None:
            os.close(self._opened)
            self._opened, self.is_watched = None, False

    def _identity(self) -> Identity | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _number_in(opened: int) -> int | None:
    header = os.pread(opened, _HEADER_LENGTH, 0)
    return int.from_bytes(header[_NUMBER]) if header.startswith(_MAGIC) else None
