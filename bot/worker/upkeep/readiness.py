"""Tells whether this process is well. /readyz asks every few seconds, and so does the heartbeat."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.concurrency.threads import Threads
from bot.domain.delivery.lanes import LaneNames
from bot.domain.errors import HistoryGone, StoreUnavailable
from bot.store.database import Database
from bot.store.delivery import backlog, limits
from bot.store.duework import timers
from bot.store.transaction import Transaction
from bot.time_source import TimeSource
from bot.worker.loop import going_on
from bot.worker.metrics.process_metrics import FALLBACK, RELAY, STORE, TICK, ProcessMetrics
from bot.worker.timings import Timings

log = logging.getLogger(__name__)

ANSWER_WITHIN = 2.0
"""Seconds for the database to answer, because a probe does not wait for long."""


class Readiness:
    """Checks the loops, Slack and the database.

    `met_slack`: Slack has told the bot its identity. `knows_people`: the directory has been read
    once. `none_is_left`: everyone in the policy counts as gone. `unmigrated`: the schema lacks
    something that this release needs. `canary_failed`: the newest canary failed. `other_ways`: the
    policy has ways outside Slack, and a loop uses them.
    """

    def __init__(
        self,
        db: Database,
        time_source: TimeSource,
        threads: Threads,
        figures: ProcessMetrics,
        pace: Timings,
        lane_names: LaneNames,
        *,
        met_slack: Callable[[], bool],
        knows_people: Callable[[], bool],
        none_is_left: Callable[[], bool] = lambda: False,
        unmigrated: Callable[[Database], bool],
        canary_failed: Callable[[Transaction, datetime], bool] = lambda _tx, _now: False,
        other_ways: bool = False,
    ) -> None:
        self._lane_names = lane_names
        self._other_ways = other_ways
        self._canary_failed = canary_failed
        self._db = db
        self._time_source = time_source
        self._threads = threads
        self._figures = figures
        self._longest_overdue = pace.longest_overdue
        self._stale = pace.stale.total_seconds()
        self._between_looks = pace.look_for_room_every.total_seconds()
        self._met_slack = met_slack
        self._knows_people = knows_people
        self._none_is_left = none_is_left
        self._unmigrated = unmigrated

    async def problems(self) -> list[str]:
        """Return why this process should get no traffic, each a sentence; none if it is well."""
        problems = []
        if self._is_stale(TICK):
            problems.append("the tick stands still: due work is not done")
        if self._is_stale(RELAY):
            problems.append("the relay stands still: nothing is sent")
        if self._other_ways and self._is_stale(FALLBACK):
            problems.append("the fallback stands still: nothing goes out outside Slack")
        if self._figures.lost_token is not None:
            problems.append(f"Slack refuses the bot token ({self._figures.lost_token})")
        if code := self._figures.refusals.everywhere():
            problems.append(f"Slack refuses every message ({code})")
        if not self._met_slack():
            problems.append("Slack has not answered yet")
        elif not self._knows_people():
            problems.append("Slack's directory has not been read yet: roles are not known")
        elif self._none_is_left():
            problems.append("Slack says that everyone in the policy has left")
        problems += await self._of_the_database()
        return problems

    @property
    def _damage(self) -> str:
        what = "the database file" if self._db.is_sqlite else "the database"
        told = f"{what} is damaged: not all of it can be read or stored"
        return told if self._db.is_damaged else ""

    async def _of_the_database(self) -> list[str]:
        """Return the database's problems. A check that fails for an unknown reason is one too."""
        told = ["the database cannot be used: the log says why"]
        with going_on(log, "The database could not be checked"):
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    unmigrated = await self._threads.read(self._unmigrated, self._db)
            except HistoryGone:
                return [
                    "the database file was deleted, moved, replaced, overwritten or truncated: "
                    "nothing is stored or sent"
                ]
            except (StoreUnavailable, TimeoutError):
                return [self._damage or "the database does not answer"]
            told = ["the database is not migrated: run 'python app.py migrate'"] * unmigrated
            if self._damage:
                told.append(self._damage)
            if self._db.takes_nothing:
                told.append("the database stores nothing: it has no room, or may only be read")
            elif self._db.is_nearly_full:
                told.append("the disk under the database is nearly full: make room")
            if not told and self._is_stale(STORE, self._between_looks):
                told.append("the database stores nothing: its writes do not end")
        return told

    async def refused(self) -> list[str]:
        """Return the lanes that Slack refuses while all else goes on, each as a sentence."""
        lanes: list[limits.RefusedPlace] = []
        with (
            going_on(log, "The lanes that Slack refuses could not be read"),
            # `problems` reports these. SQLAlchemyError: the schema lacks a migration.
            suppress(StoreUnavailable, TimeoutError, SQLAlchemyError),
        ):
            async with asyncio.timeout(ANSWER_WITHIN):
                lanes = await self._threads.read(self._refused_lanes)
        said = "Slack refuses the lane {} ({}): what goes there waits, all else is sent"
        named = sorted((self._lane_names.name(one.lane), one.code) for one in lanes)
        return [said.format(name, code) for name, code in named]

    def _refused_lanes(self) -> list[limits.RefusedPlace]:
        with self._db.reading() as tx:
            return limits.refused_lanes(tx, self._time_source.real())

    def _is_stale(self, loop: str, rest: float = 0.0) -> bool:
        """`rest`: seconds that the loop rests between two turns."""
        since = self._figures.seconds_since(loop)
        return since is None or since > self._stale + rest

    async def reasons_for_silence(self) -> list[str]:
        """Return why the heartbeat must stop: problems, late work or a failed canary."""
        reasons = await self.problems()
        try:
            return reasons + await self._threads.read(self._undone)
        except (StoreUnavailable, SQLAlchemyError):
            return reasons or ["what is overdue cannot be looked up"]

    def _undone(self) -> list[str]:
        now, reasons = self._time_source.now(), list[str]()
        with self._db.reading() as tx:
            since = [
                backlog.oldest_overdue(tx, now, self._time_source.real()),
                timers.oldest_overdue(tx, now),
            ]
            canary = self._canary_failed(tx, now)
        if any(moment is not None and now - moment > self._longest_overdue for moment in since):
            reasons += ["work has been overdue for too long"]
        if canary:
            reasons += ["the last canary was not delivered and acknowledged"]
        return reasons
