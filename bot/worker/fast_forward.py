"""Lets a demonstration's time pass in order: it stops at each moment when something is due."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime

from bot.domain.digests.weeks import next_occurrence
from bot.store.delivery import backlog
from bot.store.duework import timers
from bot.worker.loop import Gear, Loop

_MOST_STOPS = 240
"""Most stops in one jump. If it spans a day, work is then at most six minutes late."""
_LOOK_AGAIN = 0.05


class FastForward(Loop):
    """Steps through the time that a demonstration skips. Without such time, it does nothing."""

    def __init__(self, gear: Gear) -> None:
        super().__init__(gear)
        self._left_to_wait = 0.0

    async def stops(self) -> AsyncIterator[None]:
        """Let time pass up to now, and stop at each moment when something is due."""
        least = self._time_source.ahead() / _MOST_STOPS
        self._left_to_wait = self._pace.all_stops_wait
        while ahead := self._time_source.ahead():
            now = self._time_source.now()
            due = await self._threads.read(self._next_due, now)
            self._time_source.let_pass(ahead if due is None else min(ahead, max(due - now, least)))
            yield
            await self._until_sent()

    def _next_due(self, now: datetime) -> datetime | None:
        with self._db.reading() as tx:
            planned = [timers.next_due(tx, now), backlog.next_due(tx, now)]
        digests = [
            next_occurrence(rule.weekday, rule.at, rule.zone, now).due_at
            for rule in self._policy.digests
        ]
        return min([*(due for due in planned if due is not None), *digests], default=None)

    async def _until_sent(self) -> None:
        began = time.monotonic()
        until = began + min(self._pace.stop_waits, self._left_to_wait)
        # Sending signals nothing: poll.
        while time.monotonic() < until and await self._threads.read(self._something_waits):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_AGAIN)
        self._left_to_wait -= time.monotonic() - began

    def _something_waits(self) -> bool:
        with self._db.reading() as tx:
            return backlog.waits(tx, self._time_source.now())
