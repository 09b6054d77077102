"""Does the database store? Tried in a quiet night, too: that it can be read tells nothing."""

import asyncio
import logging

from bot.store import upkeep
from bot.worker.loop import Gear, Loop, going_on

log = logging.getLogger(__name__)


class StoreWatch(Loop):
    """Stores something small, again and again. Says what has changed."""

    def __init__(self, gear: Gear) -> None:
        super().__init__(gear)
        self._refused = False

    async def run(self) -> None:
        while True:
            with going_on(
                log,
                "It could not be tried whether the database stores",
                away="The database does not answer or stores nothing; it is tried again",
            ):
                await self._look()
            await asyncio.sleep(self._pace.look_for_room_every.total_seconds())

    async def _look(self) -> None:
        if self._db.is_damaged:
            await self._threads.read(upkeep.look_for_damage, self._db)
        self._refused = self._refused or self._db.takes_nothing
        await self._threads.write(upkeep.look_for_room, self._db, self._clock.real())
        if self._refused:
            log.warning("The database stores again")
            self._refused = False
