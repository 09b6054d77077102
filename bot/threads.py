"""Where the synchronous core runs: a few threads for reading, one for writing on SQLite."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Args = ParamSpec("Args")
Result = TypeVar("Result")

READERS = 4
POSTGRES_WRITERS = 8


class Threads:
    """Calls services off the event loop.

    SQLite has one writer at a time: a second thread would only wait for its lock, with a tail of
    half a second (docs/performance.md). PostgreSQL takes several.
    """

    def __init__(self, *, one_writer: bool) -> None:
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        writers = 1 if one_writer else POSTGRES_WRITERS
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="write")

    async def read(
        self, call: Callable[Args, Result], *args: Args.args, **named: Args.kwargs
    ) -> Result:
        """Run a call that only reads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, partial(call, *args, **named))

    async def write(
        self, call: Callable[Args, Result], *args: Args.args, **named: Args.kwargs
    ) -> Result:
        """Run a call that writes. It goes on to its end even if the caller stops waiting."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writers, partial(call, *args, **named))

    def close(self) -> None:
        self._readers.shutdown(wait=True)
        self._writers.shutdown(wait=True)
