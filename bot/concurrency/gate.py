"""Requests go first: background work lets them pass, but not forever."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 0.003
"""So long after a request its answer is still being written, and the next one may be coming in."""
STREAM = 8
"""So many requests without a pause are a stream; who sends one is slow for longer than that."""
STREAM_PAUSE_SECONDS = 0.025
LONGEST_SECONDS = 0.5
"""One such wait comes before a page, which shall be with Slack within a second and a half."""


class Gate:
    """Before the threads, on the event loop.

    An acknowledgement and the sending of pages share one interpreter. While requests are being
    served, background work (the relay, the tick) waits until there is none, and for at
    most `LONGEST_SECONDS`: that is its turn, in which it takes a bounded batch and goes on with it
    to the end, step by step. When there are no requests, the gate is open.
    """

    def __init__(self) -> None:
        self._serving = 0
        self._served_at = float("-inf")
        self._in_a_row = 0
        """Requests without a pause between them that would end a stream."""
        self._opens: asyncio.Future[None] | None = None
        """Wakes the waiting calls; None when nothing waits."""
        self._looking: asyncio.TimerHandle | None = None
        self._line = asyncio.Lock()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Hold the gate for a request."""
        if self._serving == 0 and self._rested() >= STREAM_PAUSE_SECONDS:
            self._in_a_row = 0
        self._in_a_row += 1
        self._serving += 1
        try:
            yield
        finally:
            self._serving -= 1
            self._served_at = time.monotonic()
            if self._serving == 0 and self._opens is not None:
                self._look_later(self._pause())

    async def turn(self) -> bool:
        """Wait until no request is being served, or for as long as anybody has to.

        True when requests are being served all the same: the turn is to be a short one.
        """
        if self._quiet():
            return False
        if self._opens is None:
            self._opens = asyncio.get_running_loop().create_future()
            self._look_later(self._pause())
        await asyncio.wait({self._opens}, timeout=LONGEST_SECONDS)
        return not self._quiet()

    async def step(self) -> None:
        """Within a turn: one after the other, and requests in between, while there are any."""
        if self._quiet():
            return
        async with self._line:
            await asyncio.sleep(0)

    def _quiet(self) -> bool:
        return self._serving == 0 and self._rested() >= self._pause()

    def _rested(self) -> float:
        return time.monotonic() - self._served_at

    def _pause(self) -> float:
        return QUIET_SECONDS if self._in_a_row <= STREAM else STREAM_PAUSE_SECONDS

    def _look_later(self, seconds: float) -> None:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        """Let all pass when it is quiet; else the end of a request looks again."""
        self._looking = None
        if self._opens is None or self._serving:
            return
        rest = self._pause() - self._rested()
        if rest > 0:
            self._look_later(rest)
            return
        if not self._opens.done():
            self._opens.set_result(None)
        self._opens = None
