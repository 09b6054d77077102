"""How many deliveries may be under way at once, and for whom there is always room."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.delivery.delivery_states import Priority
from bot.worker.timings import Timings


@dataclass(frozen=True, slots=True)
class FreeCapacity:
    """How many more may begin: of `any` kind, and how many of them may be less than a page."""

    any: int
    others: int

    def at_most(self, count: int) -> "FreeCapacity":
        """Return so much of it."""
        return FreeCapacity(min(self.any, count), min(self.others, count))


@dataclass(frozen=True, slots=True)
class _Taken:
    since: float
    page: bool


class Capacity:
    """Counts what is under way.

    Some slots are for pages alone: whatever else is slow, there is room for a page. A call that
    hangs gives its slot back after a while and is waited for beside the others, up to a number:
    so one method or one channel that does not answer keeps nobody else from being served.

    Where calls run out of time there were too many of them, for Slack or for the way there: asked
    by as many again it would answer none, and what we have given up it still works at. So their
    number is halved, of those that may hang too, and grows with each answer that comes soon. One
    that comes late tells that there are enough.
    """

    def __init__(self, pace: Timings, freed: Callable[[], None]) -> None:
        self._pace = pace
        self._freed = freed
        self._taken: dict[asyncio.Task[None], _Taken] = {}
        self._wanted_more = False
        self._width = pace.in_flight
        self._halved_at = float("-inf")

    def answered(self, seconds: float) -> None:
        """One more may be under way, up to the usual number, where it took no longer than usual."""
        if seconds < self._pace.slow_after:
            self._width = min(self._width + 1, self._pace.in_flight)

    def unanswered(self) -> None:
        """Half as many; those that began together and fail together count as one sign."""
        now = time.monotonic()
        if now - self._halved_at >= self._pace.slow_after:
            self._halved_at = now
            fewest = min(self._pace.fewest_in_flight, self._pace.in_flight)
            self._width = max(self._width // 2, fewest)

    def take(self, task: asyncio.Task[None], priority: int) -> None:
        self._taken[task] = _Taken(time.monotonic(), priority <= Priority.PAGE)
        task.add_done_callback(self._give_back)

    def _give_back(self, task: asyncio.Task[None]) -> None:
        del self._taken[task]
        if self._wanted_more:
            self._freed()

    def room(self) -> FreeCapacity:
        pace, slow_since = self._pace, time.monotonic() - self._pace.slow_after
        busy = [one for one in self._taken.values() if one.since > slow_since]
        # Those that hang beyond what may hang count like the others.
        may_hang = self._width * pace.most_hanging // pace.in_flight
        hanging = max(len(self._taken) - len(busy) - may_hang, 0)
        left = max(self._width - len(busy) - hanging, 0)
        for_pages = self._width * pace.for_pages // pace.in_flight
        for_others = max(self._width - for_pages, 1)
        others = for_others - sum(not one.page for one in busy) - hanging
        room = FreeCapacity(left, max(min(others, left), 0))
        self._wanted_more = room.others < for_others // 4
        return room

    def tasks(self) -> set[asyncio.Task[None]]:
        return set(self._taken)
