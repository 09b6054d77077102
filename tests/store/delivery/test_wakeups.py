"""The bell between replicas wakes the others, and never the one that rings."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from bot.store.database import Database
from bot.store.delivery.wakeups import WakeUps
from tests.databases import on_postgresql
from tests.waiting import eventually

pytestmark = on_postgresql


@dataclass
class Replica:
    """A bell, and how often it has woken its replica."""

    db: Database
    woken: int = 0
    bell: WakeUps = field(init=False)

    def __post_init__(self) -> None:
        self.bell = WakeUps(self.db.url, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def is_woken(self, times: int) -> Callable[[], bool]:
        return partial(self._is_woken, times)

    def _is_woken(self, times: int) -> bool:
        return self.woken >= times


@asynccontextmanager
async def listening(db: Database) -> AsyncIterator[Replica]:
    replica = Replica(db)
    tasks = [asyncio.create_task(each) for each in (replica.bell.listen(), replica.bell.pass_on())]
    try:
        await eventually(replica.is_woken(1), "it looked for what was stored before", within=20)
        yield replica
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_replica_that_begins_to_listen_looks_once(db: Database) -> None:
    async with listening(db) as replica:
        assert replica.woken == 1


async def test_a_ring_wakes_the_other_replica_and_not_its_own(db: Database) -> None:
    """Rings arrive in one order everywhere: its own would have come before the other's."""
    async with listening(db) as one, listening(db) as other:
        for rung in range(1, 4):
            one.bell.ring()
            await eventually(other.is_woken(1 + rung), within=20)
        other.bell.ring()
        await eventually(one.is_woken(2), within=20)
        assert (one.woken, other.woken) == (2, 4)
