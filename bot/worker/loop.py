"""What the loops of a process share: their equipment, and a guard so no error ends them."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.concurrency.threads import Threads
from bot.domain.delivery.lanes import LaneNames
from bot.domain.errors import StoreUnavailable
from bot.log.episodes import Episodes
from bot.policy import Policy
from bot.services.delivery.results import At
from bot.store.database import Database
from bot.time_source import TimeSource
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.timings import Timings


@dataclass(frozen=True, slots=True)
class Gear:
    """What every loop of a process needs."""

    db: Database
    policy: Policy
    time_source: TimeSource
    threads: Threads
    figures: ProcessMetrics
    pace: Timings
    episodes: Episodes = field(default_factory=Episodes)
    lane_names: LaneNames = field(default_factory=LaneNames)


class Loop:
    """Background work. Its database calls let requests go first."""

    def __init__(self, gear: Gear) -> None:
        self._db = gear.db
        self._policy = gear.policy
        self._time_source = gear.time_source
        self._threads = gear.threads.behind()
        self._figures = gear.figures
        self._episodes = gear.episodes
        self._lane_names = gear.lane_names
        self._pace = gear.pace

    def _at(self) -> At:
        return At(self._time_source.now(), self._time_source.real())


def _nobody_counts() -> None:
    return


@contextmanager
def going_on(
    log: logging.Logger,
    failed: str,
    *,
    count: Callable[[], None] = _nobody_counts,
) -> Iterator[None]:
    """Guard one turn of a loop that must never end: log an error and let the next turn try.

    It logs `failed` with the traceback, but not for an unusable database: that is logged as a
    lasting state, once for all loops. It calls `count` in both cases.
    """
    try:
        yield
    except Exception as error:  # The loop goes on after any error of a turn.
        count()
        if not isinstance(error, StoreUnavailable):
            log.exception(failed)


async def rest(until: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but no longer than `seconds`."""
    try:
        await asyncio.wait_for(until.wait(), seconds)
    except TimeoutError:
        return
