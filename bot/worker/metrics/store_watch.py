"""Checks that the database stores, even in a quiet night. A successful read proves nothing."""

import asyncio
import logging
from collections.abc import Callable

from bot.log.episodes import Episode
from bot.store.database import Database
from bot.store.schema import Schema
from bot.store.sql.causes import NOT_MIGRATED
from bot.store.upkeep import maintenance, storage_check
from bot.worker.loop import Gear, Loop, going_on

log = logging.getLogger(__name__)


class StoreWatch(Loop):
    """Stores something again and again.

    `schema` compares the database's schema with the one this release needs.
    """

    def __init__(self, gear: Gear, schema: Callable[[Database], Schema]) -> None:
        super().__init__(gear)
        self._schema = schema
        self._looks = 0

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
            await self._threads.read(maintenance.look_for_damage, self._db)
        if await self._threads.read(self._schema, self._db) is Schema.BEHIND:
            self._episodes.on(Episode.DATABASE, why=NOT_MIGRATED.why, advice=NOT_MIGRATED.advice)
            return
        self._db.is_nearly_full = await self._threads.read(storage_check.is_nearly_full, self._db)
        await self._threads.write(self._store, self._looks % self._pace.thorough_look == 0)
        self._figures.stored()
        self._looks += 1
        if not self._db.is_damaged:
            self._episodes.off(Episode.DATABASE)

    def _store(self, thorough: bool) -> None:
        storage_check.look_for_room(self._db, self._time_source.real(), thorough=thorough)
