"""Requests go first: background work waits for them, but not forever."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 0.003
"""For this long after a request, its answer may still be on its way out, and the next request on
its way in."""
STREAM = 8
"""More requests than this without a pause are a stream. In a stream the gaps between requests are
longer, so the gate waits for a longer pause."""
STREAM_PAUSE_SECONDS = 0.025
LONGEST_SECONDS = 0.5
"""A page may wait this long once. It must reach Slack within 1.5 seconds."""


class Gate:
    """Makes background work wait on the event loop, before it gets a thread.

    Requests and the sending of pages share one interpreter. While the bot serves requests,
    background work (the relay, the tick) waits until there are none, for at most
    `LONGEST_SECONDS`. Then it has its turn: it takes a bounded batch and finishes it, step by step.
    When there are no requests, the gate is open.
    """

    def __init__(self) -> None:
        self._serving = 0
        self._served_at = float("-inf")
        self._in_a_row = 0
        """Requests since the last pause that was long enough to end a stream."""
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
        """Wait until no request is being served, for at most `LONGEST_SECONDS`.

        True if requests are still being served: keep the turn short.
        """
        if self._quiet():
            return False
        if self._opens is None:
            self._opens = asyncio.get_running_loop().create_future()
            self._look_later(self._pause())
        await asyncio.wait({self._opens}, timeout=LONGEST_SECONDS)
        return not self._quiet()

    async def step(self) -> None:
        """Let requests in between two steps of a turn, and run the steps one at a time.

        Returns at once when there are no requests.
        """
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
        """Open the gate if it is quiet; otherwise look again after a pause.

        While a request is being served, this plans nothing: the end of the request does.
        """
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
