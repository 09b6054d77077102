"""Gives all replicas the database's time, so a wrong machine clock pages no one early."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.concurrency.threads import Threads
from bot.store.database import Database
from bot.store.sql.database_time import database_time
from bot.time_source import TimeSource, elapsed, machine_time
from bot.worker.loop import going_on
from bot.worker.timings import Timings

log = logging.getLogger(__name__)

_JUMP = timedelta(seconds=1)
_OFF = timedelta(seconds=5)
"""Slack's requests fail the signature check at five minutes off. The log warns long before."""


class Timekeeper:
    """Sets the clock by PostgreSQL's. With SQLite, the one process uses its machine's time.

    It calls `on_jump` after someone has set the machine's clock.
    """

    def __init__(
        self,
        db: Database,
        time_source: TimeSource,
        threads: Threads,
        pace: Timings,
        on_jump: Callable[[], None],
    ) -> None:
        self._db = db
        self._time_source = time_source
        self._threads = threads
        self._pace = pace
        self._on_jump = on_jump
        self._counted_from = machine_time() - elapsed()

    async def keep(self) -> None:
        """Set the clock again and again until cancelled, because clocks drift apart."""
        while True:
            with going_on(
                log,
                "The clock could not be set",
            ):
                self.look_for_jump()
                await self.set_clock()
            await asyncio.sleep(self._pace.set_clock_every.total_seconds())

    def look_for_jump(self) -> None:
        counted_from = machine_time() - elapsed()
        jump, self._counted_from = counted_from - self._counted_from, counted_from
        if abs(jump) > _JUMP:
            log.warning("This machine's clock was set", extra={"by": round(jump.total_seconds())})
            self._on_jump()

    async def set_clock(self) -> None:
        if self._db.is_sqlite:
            return
        off = self._time_source.set(await self._threads.read(self._ask))
        if abs(off) > _OFF:
            log.error(
                "This machine's clock is wrong; the database's time is used",
                extra={"seconds_off": round(off.total_seconds())},
            )

    def _ask(self) -> datetime:
        """Return the database's time now: its answer plus half the round trip."""
        with self._db.reading() as tx:
            asked, there, answered = elapsed(), database_time(tx), elapsed()
        return there + (answered - asked) / 2 + (elapsed() - answered)
