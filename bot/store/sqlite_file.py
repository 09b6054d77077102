"""The file of a SQLite database. A process works with the one that it began with, or with none."""

import sqlite3
from pathlib import Path

from bot.domain.errors import HistoryGone

Identity = tuple[int, int]
"""Device and inode: they stay when the content changes, and are another file's after a replacement.
The number of a deleted file is free again only when nobody has it open any more."""


class SQLiteFile:
    """Opens connections, and notices when the file was deleted, moved or replaced meanwhile."""

    def __init__(self, name: str) -> None:
        self.path = Path(name).absolute()
        self._known = self._identity()

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
        """Raise HistoryGone unless the name still means the file that was opened."""
        if self._known is not None and self._identity() != self._known:
            raise HistoryGone

    def _identity(self) -> Identity | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
