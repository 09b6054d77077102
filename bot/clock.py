"""The shell's only source of time. Below it, time is an argument."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """`now` is the product's time; `real` the machine's, for leases and rate limits.

    They differ only in a demonstration: `offset_file` then holds the seconds by which time has
    been moved forward, written by the playground and read here.
    """

    def __init__(self, offset_file: Path | None = None) -> None:
        self._offset_file = offset_file
        self._offset = timedelta(0)
        self._stamp: tuple[int, int] | None = None

    def real(self) -> datetime:
        return datetime.now(UTC)

    def now(self) -> datetime:
        return self.real() + self._read_offset()

    def _read_offset(self) -> timedelta:
        if self._offset_file is None:
            return self._offset
        try:
            found = self._offset_file.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp != self._stamp:
                self._offset = timedelta(seconds=float(self._offset_file.read_text() or "0"))
                self._stamp = stamp
        except (FileNotFoundError, ValueError):
            # Not written yet, or no number: time as it was last known.
            return self._offset
        return self._offset
