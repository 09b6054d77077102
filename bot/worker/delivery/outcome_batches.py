"""Stores what Slack accepted. Outcomes that arrive during a write are stored together."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.services.delivery import outcomes as delivery_outcomes
from bot.services.delivery.message_kinds import MessageKinds
from bot.services.delivery.results import Accepted
from bot.store.delivery.claims import Claimed
from bot.worker.loop import Gear, Loop

log = logging.getLogger(__name__)

_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class _Outcome:
    claimed: Claimed
    accepted: Accepted
    stored: asyncio.Future[bool]


class OutcomeBatches(Loop):
    """Stores all waiting outcomes in one transaction, so each costs less in a busy process."""

    def __init__(self, gear: Gear, kinds: MessageKinds[Any], settled: Callable[[], None]) -> None:
        super().__init__(gear)
        self._kinds = kinds
        self._settled = settled
        self._waiting: list[_Outcome] = []
        self._storing: asyncio.Task[None] | None = None

    async def sent(self, claimed: Claimed, accepted: Accepted) -> bool:
        """Store that Slack accepted it. False if another worker held the claim by then."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Outcome(claimed, accepted, stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())
        return await stored

    async def _store_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            await self._store(batch)
            # A lane that need not rest may hold another delivery.
            self._settled()

    async def _store(self, batch: Sequence[_Outcome]) -> None:
        if len(batch) == 1:
            await self._store_alone(batch[0])
            return
        outcomes = [(one.claimed, one.accepted) for one in batch]
        try:
            await self._threads.write(
                delivery_outcomes.sent_together,
                *(self._kinds, self._db, outcomes, self._at(), self._pace.between_posts),
            )
        except Exception:  # noqa: BLE001 - the outcome at fault meets it again
            # A lost claim, a taken lock or our own error concerns one outcome. The others are
            # good. Stored alone, the one at fault meets the error again and reports it.
            log.info("Outcomes could not be stored together; they are stored one by one")
            await asyncio.gather(*(self._store_alone(one) for one in batch))
        else:
            for one in batch:
                one.stored.set_result(True)

    async def _store_alone(self, one: _Outcome) -> None:
        try:
            held = await self._threads.write(
                delivery_outcomes.sent,
                *(self._kinds, self._db, one.claimed, one.accepted, self._at()),
                self._pace.between_posts,
            )
        except Exception as error:  # noqa: BLE001 - handed to the delivery that waits for it
            one.stored.set_exception(error)
        else:
            one.stored.set_result(held)
