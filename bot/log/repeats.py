"""Thins out repeated log lines: the first at once, then at most one a minute, with a count."""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

EVERY = 60.0
"""Seconds."""
_CAUSES = ("code", "kind", "error", "why", "method", "group", "person", "step", "gateway")
"""Fields that tell causes apart. Ids are not among them: one full disk fails for every id."""

Key = tuple[Any, ...]
Later = Callable[[float, Callable[[], None]], None]


def _on_a_thread(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


@dataclass(slots=True)
class _Window:
    """The time after a line in which the same line is only counted."""

    ends: float
    count: int = 0
    last: logging.LogRecord | None = None


class Sparing(logging.Handler):
    """Passes records to another handler, each sentence at most once in `every` seconds.

    When that time is over, it writes the last repetition, with the fields `repeated` (how many
    there were) and `last` (when the last came). The line has the time of writing, so the log stays
    in order.
    """

    def __init__(
        self,
        behind: logging.Handler,
        *,
        every: float = EVERY,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        later: Later = _on_a_thread,
    ) -> None:
        super().__init__()
        self._behind = behind
        self._every = every
        self._clock = clock
        self._wall = wall
        self._later = later
        self._windows: dict[Key, _Window] = {}
        """In the order of their ends."""

    def emit(self, record: logging.LogRecord) -> None:
        now = self._clock()
        self._forget(now)
        key = _key(record)
        window = self._windows.get(key)
        if window is None:
            self._write(key, record, now)
            return
        window.count += 1
        window.last = record
        if window.count == 1:
            self._later(max(window.ends - now, 0.0), partial(self._sum_up, key))

    def _write(self, key: Key, record: logging.LogRecord, now: float) -> None:
        self._windows[key] = _Window(now + self._every)
        self._behind.handle(record)

    def _forget(self, now: float) -> None:
        """Drop ended windows without repetitions: most sentences come once."""
        while self._windows:
            key, window = next(iter(self._windows.items()))
            if window.count or window.ends > now:
                return
            del self._windows[key]

    def _sum_up(self, key: Key) -> None:
        """Write the window's last repetition, if there was one, and begin a new window."""
        self.acquire()
        try:
            window = self._windows.pop(key, None)
            if window is not None and window.last is not None:
                last = datetime.fromtimestamp(window.last.created, UTC)
                window.last.__dict__["repeated"] = window.count
                window.last.__dict__["last"] = last.isoformat(timespec="seconds")
                window.last.created = self._wall()
                self._write(key, window.last, self._clock())
        finally:
            self.release()

    def close(self) -> None:
        """Write all pending repetitions, so that the end of the process loses none."""
        for key in list(self._windows):
            self._sum_up(key)
        self._behind.close()
        super().close()


def _key(record: logging.LogRecord) -> Key:
    causes = tuple(str(record.__dict__.get(name)) for name in _CAUSES)
    return record.name, record.levelno, record.getMessage(), _fault(record), causes


def _fault(record: logging.LogRecord) -> Key:
    """Return an exception's type and place: two errors of one type may be two faults."""
    if not record.exc_info or record.exc_info[0] is None:
        return ()
    places = traceback.extract_tb(record.exc_info[2])
    where = (places[-1].filename, places[-1].lineno) if places else ()
    return record.exc_info[0], where
