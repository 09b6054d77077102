"""The threads on which the synchronous core runs: a few for reading, one for writing on SQLite."""

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

from bot.concurrency.gate import Gate

Args = ParamSpec("Args")
Result = TypeVar("Result")

READERS = 4
POSTGRES_WRITERS = 4
SWITCH_SECONDS = 0.0005
"""How long a thread that returns from the database waits until a busy event loop releases the
interpreter. It waits at every statement: Python's default of 5 ms adds 0.1 s to one opening."""
URGENT_IN_A_ROW = 4
MOST_TOGETHER = 16
"""The most calls in one transaction. None of them is answered before the commit."""

Call = Callable[[], Any]
Ended = tuple[Any, BaseException | None]
"""A call's result and None, or None and its exception."""
Together = Callable[[Sequence[Call]], Sequence[Ended]]
"""Runs several writing calls in one transaction, which has ended when this returns."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A call, the future that waits for its result, and the future's loop."""

    call: Call
    loop: asyncio.AbstractEventLoop
    waiting: asyncio.Future[Any]


class _Queue:
    """Two queues for one pool: urgent calls go first, but after `URGENT_IN_A_ROW` of them another
    call gets a turn."""

    def __init__(self, threads: int, name: str, together: Together | None = None) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._urgent: deque[_Job] = deque()
        self._behind: deque[_Job] = deque()
        self._in_a_row = 0
        self._together = together

    async def run(self, call: Callable[[], Result], *, urgent: bool) -> Result:
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Result] = loop.create_future()
        (self._urgent if urgent else self._behind).append(_Job(call, loop, waiting))
        self._pool.submit(self._next)
        return await waiting

    def _next(self) -> None:
        """Run the next jobs. Called once for each job; an earlier call may have run it already."""
        jobs = [job for job in self._taken() if not job.waiting.cancelled()]
        if not jobs:
            return
        if len(jobs) == 1 or self._together is None:
            ended: Sequence[Ended] = [outcome(job.call) for job in jobs]
        else:
            ended, error = outcome(partial(self._together, [job.call for job in jobs]))
            if error is not None:
                ended = [(None, error) for _ in jobs]
        # The loop is closed if a process ends without waiting: no caller is left.
        with suppress(RuntimeError):
            jobs[0].loop.call_soon_threadsafe(_tell, jobs, ended)

    def _taken(self) -> list[_Job]:
        """Take the next job. With `together`, take up to `MOST_TOGETHER` urgent jobs at once.

        Threads may race here; a deque hands out each job once.
        """
        first, second = self._urgent, self._behind
        if self._in_a_row >= URGENT_IN_A_ROW and second:
            first, second = second, first
        taken: list[_Job] = []
        for queue in (first, second):
            most = MOST_TOGETHER if queue is self._urgent and self._together else 1
            with suppress(IndexError):
                while len(taken) < most:
                    taken.append(queue.popleft())
            if taken:
                urgent = queue is self._urgent
                self._in_a_row = self._in_a_row + len(taken) if urgent else 0
                break
        return taken

    def close(self) -> None:
        self._pool.shutdown(wait=True)


def outcome(call: Call) -> Ended:
    """Run a call; return its result or its error for the caller that waits for it."""
    try:
        return call(), None
    except BaseException as error:  # noqa: BLE001 - handed to the caller
        return None, error


def _tell(jobs: Sequence[_Job], ended: Sequence[Ended]) -> None:
    for job, (result, error) in zip(jobs, ended, strict=True):
        if job.waiting.done():
            continue  # The caller has given up.
        if error is None:
            job.waiting.set_result(result)
        else:
            job.waiting.set_exception(error)


class Threads:
    """Calls services off the event loop.

    SQLite has one writer at a time: a second thread would only wait for its lock, in the worst
    cases for half a second (docs/performance.md). So on SQLite, requests that wait for the writer
    share one transaction, run by `together`. PostgreSQL takes several writers.
    """

    def __init__(self, *, one_writer: bool, together: Together | None = None) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._readers = _Queue(READERS, "read")
        self._writers = _Queue(1 if one_writer else POSTGRES_WRITERS, "write", together)
        self._gate = Gate()
        self._urgent = True
        self._waits = False

    def behind(self) -> "Threads":
        """Return the same threads for background work: each call waits for a turn."""
        return self._less_urgent(waits=True)

    def in_turn(self) -> "Threads":
        """Return the same threads for a loop that asks for its `turn` before each batch.

        The batch's calls then do not wait at the gate, but requests still get a thread first.
        """
        return self._less_urgent(waits=False)

    def _less_urgent(self, *, waits: bool) -> "Threads":
        same = object.__new__(Threads)
        same._readers, same._writers, same._gate = self._readers, self._writers, self._gate
        same._urgent, same._waits = False, waits
        return same

    async def turn(self) -> bool:
        """Wait for a turn; True if requests are being served, so the turn should be short."""
        return await self._gate.turn()

    async def step(self) -> None:
        """Let requests go first in the middle of a turn."""
        await self._gate.step()

    async def read(
        self, call: Callable[Args, Result], *args: Args.args, **named: Args.kwargs
    ) -> Result:
        """Run a call that only reads."""
        return await self._run(self._readers, partial(call, *args, **named))

    async def write(
        self, call: Callable[Args, Result], *args: Args.args, **named: Args.kwargs
    ) -> Result:
        """Run a call that writes. Once begun, it runs to its end even if the caller gives up."""
        return await self._run(self._writers, partial(call, *args, **named))

    async def _run(self, queue: _Queue, call: Callable[[], Result]) -> Result:
        if self._urgent:
            with self._gate.serving():
                return await queue.run(call, urgent=True)
        if self._waits:
            await self._gate.turn()
        return await queue.run(call, urgent=False)

    def close(self) -> None:
        self._readers.close()
        self._writers.close()
