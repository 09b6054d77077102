"""The tick: due work, digests, repairs. APScheduler sets the pace; the rows say what is due."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.act import Workspace
from bot.domain.errors import StoreUnavailable
from bot.domain.kinds import TimerKind
from bot.services.duework import firing
from bot.services.duework.ticking import Ticking
from bot.store.delivery import backlog
from bot.store.delivery.backlog import LONGEST_REST
from bot.store.duework import timers
from bot.store.duework.timers import DueWork
from bot.store.upkeep import maintenance
from bot.worker.fast_forward import FastForward
from bot.worker.loop import Gear, Loop, going_on

log = logging.getLogger(__name__)

BATCH = 100
TOGETHER = 200
"""Pieces of work in one transaction. On SQLite, other writers wait for all of them."""
IN_A_SHORT_TURN = 16
"""Pieces of work at once while requests come in: a page's step takes as long as an opening."""
_AT_ONCE = 4
"""Pieces of work in parallel: as many as there are writers on PostgreSQL."""
_LONGEST_BURST = 5.0
"""Seconds to fire due work before the rest of a tick gets its turn."""


class Tick(Loop):
    """Fires due work four times a second, in every replica."""

    def __init__(
        self, gear: Gear, workspaces: Callable[[], list[Workspace]], ticking: Ticking
    ) -> None:
        super().__init__(gear)
        self._ticking = ticking
        self._kinds = ticking.kinds
        self._workspaces = workspaces
        self._threads = gear.threads.in_turn()
        self._fast_forward = FastForward(gear)
        self._planned_at: datetime | None = None
        self._healed_at: datetime | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Begin to tick. APScheduler drops no run as misfired and never runs two at once."""
        self._job = self._scheduler.add_job(
            self.turn,
            "interval",
            seconds=self._pace.tick,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            next_run_time=datetime.now(UTC),
        )
        self._scheduler.start()

    def resume(self) -> None:
        """Tick now, and wake work whose due time comes from the clock before it was set.

        APScheduler goes by the wall clock: if that is set back an hour, it would rest for an hour.
        """
        self._healed_at = None
        self._job.modify(next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        """Stop, even in the middle of a turn.

        This removes the jobs first, so that no new turn begins. A turn that is cancelled before it
        begins cannot suppress the cancellation, and APScheduler logs it as an error.
        """
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown(wait=False)

    async def turn(self) -> None:
        """Run one tick. An exception that escaped would stop the scheduler for good."""
        with (
            # `stop` cancels the turn. The job has not failed.
            suppress(asyncio.CancelledError),
            going_on(
                log,
                "A tick failed; the next one tries again",
                count=self._figures.tick_failed,
            ),
        ):
            async for _ in self._fast_forward.stops():
                await self._fire_all()
                await self._plan()
                self._figures.ticked()
            await self._fire_all()
            await self._threads.turn()
            await self._go_round_limits()
            await self._plan()
            await self._heal()
            self._figures.ticked()

    async def _fire_all(self) -> None:
        """Fire until nothing is due. A long burst pauses to let the rest of the tick run."""
        until = time.monotonic() + _LONGEST_BURST
        while time.monotonic() < until:
            most = IN_A_SHORT_TURN if await self._threads.turn() else BATCH
            due = await self._threads.write(self._claim, firing.alone(self._kinds), most)
            await self._fire_each(due)
            if len(due) == most and due[-1].kind is TimerKind.PAGE_STEP:
                continue  # Page steps come first in a claim. Other work waits for all of them.
            if not await self._fire_together() and not due:
                return

    async def _fire_each(self, works: Sequence[DueWork]) -> None:
        """Fire several in parallel, each in its own transaction. The first outage ends the tick."""
        waiting = iter(works)

        async def take_turns() -> None:
            for work in waiting:
                await self._fire(work)

        ends = await asyncio.gather(
            *(take_turns() for _ in range(min(_AT_ONCE, len(works)))), return_exceptions=True
        )
        for end in ends:
            if end is not None:
                raise end

    async def _fire_together(self) -> bool:
        """Fire many in one transaction and return whether anything was due.

        If one fails or its lock is taken, the rest are claimed and done one by one.
        """
        done: list[DueWork] = []
        try:
            done, left = await self._threads.write(self._fire_due)
        except Exception:  # The others must not wait until the failing one is fixed.
            # This includes a lock that was not free: one row's lock must not hold up the others.
            log.warning("Due work failed together and is done one by one", exc_info=True)
            left = True
        for work in done:
            self._count(work)
        if not left:
            return bool(done)
        claimed = await self._threads.write(self._claim, firing.together(self._kinds), BATCH)
        await self._fire_each(claimed)
        return bool(done or claimed)

    def _fire_due(self) -> firing.Fired:
        now, real = self._time_source.now(), self._time_source.real()
        return firing.fire_due(self._kinds, self._db, now=now, real=real, limit=TOGETHER)

    def _claim(self, kinds: Sequence[TimerKind], most: int) -> list[DueWork]:
        began = time.monotonic()
        with self._db.transaction() as tx:
            due = timers.claim(
                tx,
                now=self._time_source.now(),
                real=self._time_source.real(),
                limit=most,
                kinds=kinds,
                lease=self._pace.lease,
            )
        self._figures.claimed("timer", len(due), time.monotonic() - began)
        return due

    async def _fire(self, work: DueWork) -> None:
        """Fire one piece of work. If it fails, its row rests until the lease ends; others go on."""
        try:
            now = self._time_source.now()
            await self._threads.write(firing.fire, self._kinds, self._db, self._policy, work, now)
            self._count(work)
        except StoreUnavailable:
            raise
        except Exception:  # Other due work must not wait until this one is fixed.
            self._figures.tick_failed()
            log.exception("Due work failed", extra={"kind": work.kind, "timer": work.id})

    def _count(self, work: DueWork) -> None:
        self._figures.fired(work.kind, (self._time_source.now() - work.due_at).total_seconds())

    async def _go_round_limits(self) -> None:
        at = self._at()
        held = await self._threads.read(self._ticking.held_up, self._db, at)
        if held is not None:
            await self._threads.write(self._ticking.go_round, self._db, self._policy, held, at)

    async def _plan(self) -> None:
        now = self._time_source.now()
        if self._planned_at is not None and (
            abs(now - self._planned_at) < self._pace.plan_digests_every
        ):
            return
        for workspace in self._workspaces():
            await self._threads.write(self._ticking.plan, self._db, self._policy, workspace, now)
        self._planned_at = now

    async def _heal(self) -> None:
        real = self._time_source.real()
        if self._healed_at is not None and abs(real - self._healed_at) < self._pace.heal_every:
            return  # `abs`: if the clock is set back, healing must not wait for it.
        woken = await self._threads.write(self._heal_now, self._healed_at is None)
        self._healed_at = real
        if woken:
            log.warning("Sleeping lanes were woken", extra={"lanes": woken})

    def _heal_now(self, set_anew: bool) -> int:
        maintenance.shrink_log(self._db)
        now, real, lease = self._time_source.now(), self._time_source.real(), self._pace.lease
        # Only with SQLite may the clock have been set: PostgreSQL keeps its own time. A long rest
        # then ends early, and Slack repeats a 429 that still holds.
        rest = 2 * lease if set_anew and self._db.is_sqlite else LONGEST_REST
        with self._db.transaction() as tx:
            timers.heal(tx, now=now, real=real, lease=lease)
            return backlog.heal(tx, now=now, real=real, lease=lease, rest=rest)
