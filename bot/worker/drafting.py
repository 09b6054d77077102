"""What deliveries say, looked up and put into words in a thread: together, or alone if slow."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.domain.duework import DeliveryKind
from bot.domain.errors import StoreUnavailable
from bot.policy import Policy
from bot.services import outgoing
from bot.services.letters import Letter, Moot, NotYet, Prepared, RoomCall
from bot.store.claims import Claimed
from bot.store.database import Database
from bot.threads import Threads
from bot.worker.post import Post

log = logging.getLogger(__name__)

# Read and written for as long as hundreds of pages: nobody waits behind one.
_SLOW = frozenset({DeliveryKind.DIGEST, DeliveryKind.HOME})
_SLOW_AT_ONCE = 1


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words: what Slack's method takes beside the place."""

    letter: Letter
    content: Mapping[str, Any]


Draft = Written | RoomCall | Moot | NotYet
DraftOf = Callable[[Claimed], Awaitable[Draft]]


class Drafting:
    """Looks up what is true now and writes it down, off the event loop."""

    def __init__(
        self, db: Database, policy: Policy, post: Post, clock: Clock, threads: Threads
    ) -> None:
        self._db = db
        self._policy = policy
        self._post = post
        self._clock = clock
        self._threads = threads
        self._slow = asyncio.Semaphore(_SLOW_AT_ONCE)

    def begin(self, batch: Sequence[Claimed]) -> DraftOf:
        """Begin to draft what was claimed together; each delivery then asks for its own."""
        quick = [one for one in batch if one.kind not in _SLOW]
        together = asyncio.create_task(self._together(quick))
        return partial(self._of, together)

    async def alone(self, claimed: Claimed) -> Draft:
        if claimed.kind not in _SLOW:
            return await self._threads.read(self._draft, claimed)
        async with self._slow:
            return await self._threads.read(self._draft, claimed)

    async def _of(self, together: asyncio.Task[dict[str, Draft]], claimed: Claimed) -> Draft:
        if claimed.kind in _SLOW:
            return await self.alone(claimed)
        drafts = await asyncio.shield(together)
        found = drafts.get(claimed.id)
        return await self.alone(claimed) if found is None else found

    async def _together(self, batch: Sequence[Claimed]) -> dict[str, Draft]:
        """Draft in one look; where one fails, each is drafted alone, and the others go on."""
        if not batch:
            return {}
        try:
            return await self._threads.read(self._draft_many, batch)
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001 - whose it is meets it again
            log.warning("Deliveries could not be prepared together; they are prepared one by one")
            return {}

    def _draft_many(self, batch: Sequence[Claimed]) -> dict[str, Draft]:
        prepared = outgoing.prepare_many(self._db, self._policy, batch, self._clock.now())
        pairs = zip(batch, prepared, strict=True)
        return {claimed.id: self._written(one) for claimed, one in pairs}

    def _draft(self, claimed: Claimed) -> Draft:
        return self._written(outgoing.prepare(self._db, self._policy, claimed, self._clock.now()))

    def _written(self, prepared: Prepared) -> Draft:
        if isinstance(prepared, Letter):
            return Written(prepared, self._post.content(prepared))
        return prepared
