"""Deletes finished rows in small batches, beside all other work."""

import asyncio
import logging

from bot.domain.upkeep.retention import Keep
from bot.store.upkeep import maintenance, purge
from bot.store.upkeep.purge import Heap, Swept
from bot.worker.loop import Gear, Loop, going_on

log = logging.getLogger(__name__)


class PurgeLoop(Loop):
    """Sweeps each heap at an interval in every replica. Replicas do not block one another.

    It rests between two batches. So on SQLite, with its one writer, nothing waits for more than
    one batch.
    """

    def __init__(self, gear: Gear, keep: Keep) -> None:
        super().__init__(gear)
        self._keep = keep

    async def run(self) -> None:
        """Sweep again and again, until cancelled."""
        while True:
            # Rest first: a process that has just started has more urgent work.
            await asyncio.sleep(self._pace.purge_every.total_seconds())
            with going_on(
                log,
                "Finished rows could not be deleted; the bot tries again",
            ):
                await self.sweep()

    async def sweep(self) -> None:
        """Delete the finished rows of every heap."""
        gone = {heap: await self._clear(heap) for heap in Heap}
        counted = {heap.value: count for heap, count in gone.items() if count}
        if counted:
            log.info("Finished rows were deleted", extra=counted)
        await self._threads.write(maintenance.refresh_statistics, self._db)

    async def _clear(self, heap: Heap) -> int:
        gone, after = 0, ""
        while True:
            swept = await self._threads.write(self._batch, heap, after)
            gone += swept.gone
            self._figures.purged(heap.value, swept.gone)
            if swept.after is None:
                return gone
            after = swept.after
            await asyncio.sleep(self._pace.purge_rest)

    def _batch(self, heap: Heap, after: str) -> Swept:
        with self._db.transaction() as tx:
            return purge.sweep(
                tx,
                heap,
                self._keep,
                now=self._time_source.now(),
                real=self._time_source.real(),
                after=after,
            )
