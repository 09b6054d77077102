"""The tick: due work, digests, repairs. APScheduler is the clock, rows are the truth."""

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
"""Pieces of work that are done in one transaction, and which others wait for on SQLite."""
IN_A_SHORT_TURN = 16
"""Pieces of work while requests are being served: a page's step takes as long as an opening."""
_AT_ONCE = 4
"""Pieces of work that are done side by side: as many as PostgreSQL has writers."""
_LONGEST_BURST = 5.0
"""Seconds for which what is due is fired before the rest of a tick has its turn."""


class Tick(Loop):
    """Fires what is due, four times a second, in every replica."""

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
        """Begin to tick. No run is ever dropped as misfired; two never run at once."""
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
        """Tick now, and wake what waits for a time of the clock before it was set.

        APScheduler goes by the wall clock: set back an hour, it would rest an hour.
        """
        self._healed_at = None
        self._job.modify(next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        """End, in the middle of a turn if need be.

        First no turn may begin any more: one that is cancelled before it has begun cannot say that
        this is no error, and APScheduler takes it for one.
        """
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown(wait=False)

    async def turn(self) -> None:
        """One tick. An exception that left here would stop the scheduler for good."""
        with (
            # `stop`: the process ends, which is no error of the job.
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
        """Until nothing is due any more; in a long burst, the rest of the tick comes in between."""
        until = time.monotonic() + _LONGEST_BURST
        while time.monotonic() < until:
            most = IN_A_SHORT_TURN if await self._threads.turn() else BATCH
            due = await self._threads.write(self._claim, firing.alone(self._kinds), most)
            await self._fire_each(due)
            if len(due) == most and due[-1].kind is TimerKind.PAGE_STEP:
                continue  # Claimed with pages' steps in front: the others wait for all of them.
            if not await self._fire_together() and not due:
                return

    async def _fire_each(self, works: Sequence[DueWork]) -> None:
        """Several side by side, each in its own transaction; the first outage ends the tick."""
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
        """Many in one transaction; tell whether anything was due.

        Where one fails or is held up, they are claimed and done alone, and the others go on.
        """
        done: list[DueWork] = []
        try:
            done, left = await self._threads.write(self._fire_due)
        except Exception:  # Whatever one of them raised: the others do not wait for its mending.
            # Also where a lock was not to be had: it is one row's, and not all have to wait for it.
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
        """A row that fails keeps its lease, rests and is tried again; the others go on."""
        try:
            now = self._time_source.now()
            await self._threads.write(firing.fire, self._kinds, self._db, self._policy, work, now)
            self._count(work)
        except StoreUnavailable:
            raise
        except Exception:  # One piece of work; what else is due does not wait for its mending.
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
            return  # A clock that is set back must not keep it from healing until then.
        woken = await self._threads.write(self._heal_now, self._healed_at is None)
        self._healed_at = real
        if woken:
            log.warning("Sleeping lanes were woken", extra={"lanes": woken})

    def _heal_now(self, set_anew: bool) -> int:
        maintenance.shrink_log(self._db)
        now, real, lease = self._time_source.now(), self._time_source.real(), self._pace.lease
        # PostgreSQL keeps its own time. What a 429 asked for is asked for again.
        rest = 2 * lease if set_anew and self._db.is_sqlite else LONGEST_REST
        with self._db.transaction() as tx:
            timers.heal(tx, now=now, real=real, lease=lease)
            return backlog.heal(tx, now=now, real=real, lease=lease, rest=rest)
