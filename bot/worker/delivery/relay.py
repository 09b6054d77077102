"""The loop that sends: it claims as many deliveries as it has capacity for, and starts each."""

import asyncio
import logging
import time
from functools import partial
from typing import Any

from bot.domain.delivery.delivery_states import Priority
from bot.services.delivery.message_kinds import MessageKinds
from bot.store.delivery import claims, limits
from bot.store.delivery.claims import Claimed
from bot.worker.delivery.blocked import Blocked
from bot.worker.delivery.capacity import Capacity, FreeCapacity
from bot.worker.delivery.sending import Delivering
from bot.worker.delivery.slack_posts import SlackPosts
from bot.worker.loop import Gear, Loop, going_on, rest

log = logging.getLogger(__name__)

_BETWEEN_CLAIMS = 0.02
"""Seconds."""
IN_A_SHORT_TURN = 32
"""Deliveries to claim while requests come in, pages first. Each takes as much of the interpreter as
an acknowledgement, so deliveries get at most an eighth of it."""


class Relay(Loop):
    """Sends due deliveries. Several processes may each run one on the same database."""

    def __init__(self, gear: Gear, kinds: MessageKinds[Any], post: SlackPosts) -> None:
        super().__init__(gear)
        self._threads = gear.threads.in_turn()
        self._wake = asyncio.Event()
        self._args = kinds.args
        self._slots = Capacity(self._pace, self._wake.set)
        self._blocked = Blocked(kinds)
        self._delivering = Delivering(gear, kinds, post, self._slots, self._blocked, self._wake.set)
        self._claimed_at = 0.0
        self._stopping = False

    def wake(self) -> None:
        """Make the relay look into the outbox now."""
        self._wake.set()

    async def run(self) -> None:
        """Send until stopped, then wait for the deliveries in flight, up to `http_timeout`."""
        while not self._stopping:
            self._wake.clear()
            claimed: list[Claimed] = []
            with going_on(
                log,
                "The relay could not claim",
                count=self._figures.relay_failed,
            ):
                claimed = await self._claim()
            if claimed:
                self._delivering.begin(claimed)
            else:
                await rest(self._wake, self._pace.poll)
        if under_way := self._slots.tasks():
            await asyncio.wait(under_way, timeout=self._pace.http_timeout.total_seconds())

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    async def _claim(self) -> list[Claimed]:
        """Claim as many due deliveries as there is capacity for; none if there is no capacity."""
        await self._space_out()
        busy = await self._threads.turn()
        room = self._slots.room()
        if busy:
            room = room.at_most(IN_A_SHORT_TURN)
        if not room.any:
            self._figures.relay_turned()
            return []
        return await self._threads.write(self._claim_now, room)

    async def _space_out(self) -> None:
        """Wait a moment between claims, so that closely following deliveries are claimed together.

        The first is claimed at once. A claim costs the same for one as for many, and on SQLite an
        opening would wait for it.
        """
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._claimed_at + _BETWEEN_CLAIMS - loop.time())
        self._claimed_at = loop.time()

    def _claim_now(self, room: FreeCapacity) -> list[Claimed]:
        began = time.monotonic()
        now, real = self._time_source.now(), self._time_source.real()
        take = partial(claims.claim, kinds=self._args, now=now, real=real, lease=self._pace.lease)
        claimed: list[Claimed] = []
        with self._db.transaction() as tx:
            if room.others < room.any // 2:
                # Most of the capacity is for pages, so claim those separately.
                claimed = take(tx, limit=room.any, lowest=Priority.PAGE)
            if others := min(room.others, room.any - len(claimed)):
                claimed += take(tx, limit=others)
            if claimed:
                self._blocked.know(limits.blocked(tx, real))
        self._figures.claimed("delivery", len(claimed), time.monotonic() - began)
        self._figures.relay_turned()
        return claimed
