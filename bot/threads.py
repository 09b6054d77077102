"""Where the synchronous core runs: a few threads for reading, one for writing on SQLite."""

import asyncio
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from bot.gate import Gate

Args = ParamSpec("Args")
Result = TypeVar("Result")

READERS = 4
POSTGRES_WRITERS = 4
SWITCH_SECONDS = 0.0005
"""A thread that comes back from the database waits so long for a busy event loop to let go of
the interpreter: at every statement, so Python's default of 5 ms makes 0.1 s of one opening."""
URGENT_IN_A_ROW = 4

_Call = tuple[Future[Any], Callable[[], Any]]


class _Queue:
    """Two queues before one pool: what a person waits for goes first, but not for ever."""

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._urgent: deque[_Call] = deque()
        self._behind: deque[_Call] = deque()
        self._in_a_row = 0

    def submit(self, call: Callable[[], Result], *, urgent: bool) -> Future[Result]:
        future: Future[Result] = Future()
        (self._urgent if urgent else self._behind).append((future, call))
        self._pool.submit(self._next)
        return future

    def _next(self) -> None:
        """Run one call; there is one for each time that this is called."""
        future, call = self._taken()
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for it
            future.set_exception(error)
        else:
            future.set_result(result)

    def _taken(self) -> _Call:
        """Take the next call; threads may race here, a deque hands each call out once."""
        first, second = self._urgent, self._behind
        if self._in_a_row >= URGENT_IN_A_ROW and second:
            first, second = second, first
        try:
            taken = first.popleft()
        except IndexError:
            first, taken = second, second.popleft()
        self._in_a_row = self._in_a_row + 1 if first is self._urgent else 0
        return taken

    def close(self) -> None:
        self._pool.shutdown(wait=True)


class Threads:
    """Calls services off the event loop.

    SQLite has one writer at a time: a second thread would only wait for its lock, with a tail of
    half a second (docs/performance.md). PostgreSQL takes several.
    """

    def __init__(self, *, one_writer: bool) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self._readers = _Queue(READERS, "read")
        self._writers = _Queue(1 if one_writer else POSTGRES_WRITERS, "write")
        self._gate = Gate()
        self._urgent = True

    def behind(self) -> "Threads":
        """Return the same threads for work that nobody waits for: it lets requests go first."""
        same = object.__new__(Threads)
        same._readers, same._writers = self._readers, self._writers
        same._gate, same._urgent = self._gate, False
        return same

    async def read(
        self, call: Callable[Args, Result], *args: Args.args, **named: Args.kwargs
    ) -> Result:
        """Run a call that only reads."""
        return await self._run(self._readers, partial(call, *args, **named))

    async def write(
        self, call: Callable[Args, Result], *args: Args.args, **named: Args.kwargs
    ) -> Result:
        """Run a call that writes. Once begun it goes on to its end, whoever stops waiting."""
        return await self._run(self._writers, partial(call, *args, **named))

    async def _run(self, queue: _Queue, call: Callable[[], Result]) -> Result:
        if not self._urgent:
            await self._gate.passing()
            return await asyncio.wrap_future(queue.submit(call, urgent=False))
        with self._gate.serving():
            return await asyncio.wrap_future(queue.submit(call, urgent=True))

    def close(self) -> None:
        self._readers.close()
        self._writers.close()
