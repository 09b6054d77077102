"""Work that goes on after the acknowledgement, such as showing a modal or a late answer.

Nothing here is durable. Anything that must survive is committed before the acknowledgement.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from handlers.errors import report


class BackgroundTasks:
    """Keeps a reference to each task until it ends.

    Without a reference, Python may collect an asyncio task before it ends.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], about: str) -> None:
        """Start the work. An error in it is logged under `about`."""
        task = asyncio.create_task(work, name=about)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def settled(self) -> None:
        """Wait until all tasks have ended."""
        while self._running:
            await asyncio.wait(self._running)

    async def close(self, within: float = 5.0) -> None:
        """Wait `within` seconds for running tasks to end, then cancel the rest."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=within)
            for task in late:
                task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            report(error, task.get_name())
