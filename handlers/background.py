"""Work that goes on after the acknowledgement: showing a modal, a late answer.

Nothing durable is done here. What must not be lost has been committed before the acknowledgement.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from handlers.errors import report


class BackgroundTasks:
    """Holds on to tasks until they end: asyncio alone would let one be collected half-way."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], about: str) -> None:
        """Begin `work`; an error of it is logged under `about`."""
        task = asyncio.create_task(work, name=about)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._running:
            await asyncio.wait(self._running)

    async def close(self, within: float = 5.0) -> None:
        """Let what is under way end, and give up on the rest."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=within)
            for task in late:
                task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            report(error, task.get_name())
