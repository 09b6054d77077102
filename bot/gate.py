"""Requests go first: what nobody waits for lets them by, but not for ever."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 0.003
"""So long after a request its answer is still being written, and the next one may be coming in."""
SPACING_SECONDS = 0.05
LONGEST_SECONDS = 0.6
"""Two such waits come before a page, which shall be with Slack within a second and a half."""
_LOOK_SECONDS = 0.002


class Gate:
    """Before the threads, on the event loop.

    An acknowledgement and the sending of pages share one interpreter. While requests are being
    served, the relay's and the tick's calls go through one at a time, with a pause in between;
    none of them waits for longer than `LONGEST_SECONDS`. When nobody asks for anything it is open.
    """

    def __init__(self) -> None:
        self._serving = 0
        self._served_at = float("-inf")
        self._next_turn = float("-inf")
        self._line = asyncio.Lock()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Hold the gate for a request."""
        self._serving += 1
        try:
            yield
        finally:
            self._serving -= 1
            self._served_at = time.monotonic()

    async def passing(self) -> None:
        """Wait until no request is being served, or until it is this one's turn all the same."""
        if self._quiet():
            return
        latest = time.monotonic() + LONGEST_SECONDS
        async with self._line:
            while not self._quiet() and time.monotonic() < min(latest, self._next_turn):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_SECONDS)
            self._next_turn = time.monotonic() + SPACING_SECONDS

    def _quiet(self) -> bool:
        return self._serving == 0 and time.monotonic() - self._served_at >= QUIET_SECONDS
