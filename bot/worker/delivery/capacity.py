"""Limits how many deliveries are in flight at once, and keeps slots free for pages."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.delivery.delivery_states import Priority
from bot.worker.timings import Timings


@dataclass(frozen=True, slots=True)
class FreeCapacity:
    """How many more may begin: of `any` kind, and how many of those may be other than pages."""

    any: int
    others: int

    def at_most(self, count: int) -> "FreeCapacity":
        """Return the capacity limited to `count`."""
        return FreeCapacity(min(self.any, count), min(self.others, count))


@dataclass(frozen=True, slots=True)
class _Taken:
    since: float
    page: bool


class Capacity:
    """Counts the deliveries in flight.

    Some slots are for pages only, so there is room for a page even if all else is slow. A hanging
    call gives its slot back after a while, and the process waits for it besides, up to a number of
    such calls. So a method or channel that does not answer does not hold up the others.

    Timeouts mean that there were too many calls for Slack or for the network. As many again would
    get no answer either, because Slack still works on those that we gave up. So a timeout halves
    the number of calls, and of calls that may hang. Each quick answer adds one. A late answer adds
    none, because there are enough.
    """

    def __init__(self, pace: Timings, freed: Callable[[], None]) -> None:
        self._pace = pace
        self._freed = freed
        self._taken: dict[asyncio.Task[None], _Taken] = {}
        self._wanted_more = False
        self._width = pace.in_flight
        self._halved_at = float("-inf")

    def answered(self, seconds: float) -> None:
        """Allow one more call, up to the usual number, if this one was quick."""
        if seconds < self._pace.slow_after:
            self._width = min(self._width + 1, self._pace.in_flight)

    def unanswered(self) -> None:
        """Halve the number of calls. Timeouts within a short time count once."""
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
        # Hanging calls beyond the allowed number take a slot like the others.
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
