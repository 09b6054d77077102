"""Does the database store? Tried in a quiet night, too: that it can be read tells nothing."""

import asyncio
import logging
from collections.abc import Callable

from bot.episodes import State
from bot.store import upkeep
from bot.store.causes import NOT_MIGRATED
from bot.store.database import Database
from bot.store.schema import Schema
from bot.worker.loop import Gear, Loop, going_on

log = logging.getLogger(__name__)


class StoreWatch(Loop):
    """Stores something small, again and again. `schema` tells how the database stands to what this
    release needs."""

    def __init__(self, gear: Gear, schema: Callable[[Database], Schema]) -> None:
        super().__init__(gear)
        self._schema = schema

    async def run(self) -> None:
        while True:
            with going_on(
                log,
                "It could not be tried whether the database stores",
            ):
                await self._look()
            await asyncio.sleep(self._pace.look_for_room_every.total_seconds())

    async def _look(self) -> None:
        if self._db.is_damaged:
            await self._threads.read(upkeep.look_for_damage, self._db)
        if await self._threads.read(self._schema, self._db) is Schema.BEHIND:
            self._episodes.on(State.DATABASE, why=NOT_MIGRATED.why, advice=NOT_MIGRATED.advice)
            return
        await self._threads.write(upkeep.look_for_room, self._db, self._clock.real())
        if not self._db.is_damaged:
            self._episodes.off(State.DATABASE)
