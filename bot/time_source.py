"""The shell's only source of time. Below it, time is an argument."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def machine_time() -> datetime:
    return datetime.now(UTC)


def elapsed() -> timedelta:
    """Return the time since a fixed moment. This clock cannot be set, and also runs in sleep."""
    return timedelta(seconds=time.clock_gettime(_COUNTER))


class TimeSource:
    """Tells the product's time (`now`) and the world's time (`real`, for leases and rate limits).

    They differ only in a demonstration. There the playground writes into `offset_file` by how
    many seconds it has moved time forward.

    The world's time is the machine's until `set` is called. Replicas set it by their database, so
    none pages early because its own clock is wrong.

    `in_steps`: time that was moved forward passes only as `let_pass` is called; it does not jump.
    """

    def __init__(self, offset_file: Path | None = None, *, in_steps: bool = False) -> None:
        self._offset_file = offset_file
        self._in_steps = in_steps
        self._passed: timedelta | None = None
        self._offset = timedelta(0)
        self._stamp: tuple[int, int] | None = None
        self._began: datetime | None = None

    def set(self, moment: datetime) -> timedelta:
        """Make `moment` the real time; return how far the machine's clock is ahead of it."""
        self._began = moment - elapsed()
        return machine_time() - moment

    def real(self) -> datetime:
        return machine_time() if self._began is None else self._began + elapsed()

    def now(self) -> datetime:
        offset = self._read_offset()
        return self.real() + (self._so_far(offset) if self._in_steps else offset)

    def ahead(self) -> timedelta:
        """Return how much of the moved time has not passed here yet."""
        offset = self._read_offset()
        return offset - self._so_far(offset) if self._in_steps else timedelta(0)

    def let_pass(self, length: timedelta) -> None:
        """Let up to `length` of the moved time pass."""
        offset = self._read_offset()
        self._passed = min(offset, self._so_far(offset) + length)

    def _so_far(self, offset: timedelta) -> timedelta:
        if self._passed is None:
            # Time that was moved before this process began counts as passed.
            self._passed = offset
        return self._passed

    def _read_offset(self) -> timedelta:
        if self._offset_file is None:
            return self._offset
        try:
            found = self._offset_file.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp != self._stamp:
                self._offset = timedelta(seconds=float(self._offset_file.read_text() or "0"))
                self._stamp = stamp
        except (OSError, ValueError, OverflowError):
            # No file yet, or no number in it: keep the last known offset.
            return self._offset
        return self._offset
