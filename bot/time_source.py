"""The shell's only source of time. Below it, time is an argument."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def machine_time() -> datetime:
    return datetime.now(UTC)


def elapsed() -> timedelta:
    """Since some moment in the past; this clock cannot be set, and it counts while asleep."""
    return timedelta(seconds=time.clock_gettime(_COUNTER))


class TimeSource:
    """`now` is the product's time; `real` the world's, for leases and rate limits.

    They differ only in a demonstration: `offset_file` then holds the seconds by which time has
    been moved forward, written by the playground and read here.

    The world's time is the machine's until it is `set`: replicas set theirs by their database, so
    that none pages early because its own clock is wrong.

    `in_steps`: time that was moved forward does not jump here; it passes as `let_pass` is called.
    """

    def __init__(self, offset_file: Path | None = None, *, in_steps: bool = False) -> None:
        self._offset_file = offset_file
        self._in_steps = in_steps
        self._passed: timedelta | None = None
        self._offset = timedelta(0)
        self._stamp: tuple[int, int] | None = None
        self._began: datetime | None = None

    def set(self, moment: datetime) -> timedelta:
        """From now on count from `moment`; return by how much the machine's clock is off."""
        self._began = moment - elapsed()
        return machine_time() - moment

    def real(self) -> datetime:
        return machine_time() if self._began is None else self._began + elapsed()

    def now(self) -> datetime:
        offset = self._read_offset()
        return self.real() + (self._so_far(offset) if self._in_steps else offset)

    def ahead(self) -> timedelta:
        """By how much time was moved forward that has not passed here yet."""
        offset = self._read_offset()
        return offset - self._so_far(offset) if self._in_steps else timedelta(0)

    def let_pass(self, length: timedelta) -> None:
        """Have some of it pass."""
        offset = self._read_offset()
        self._passed = min(offset, self._so_far(offset) + length)

    def _so_far(self, offset: timedelta) -> timedelta:
        if self._passed is None:
            # What was moved before this process began has passed without it.
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
            # Not written yet, no file or no number: time as it was last known.
            return self._offset
        return self._offset
