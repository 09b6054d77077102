"""Looks up and renders deliveries in a thread: together, or alone if their kind is slow."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.concurrency.threads import Threads
from bot.domain.errors import StoreUnavailable
from bot.policy import Policy
from bot.services.delivery import outgoing
from bot.services.delivery.content import ChannelCall, Content, MessageContent, NothingToSay, NotYet
from bot.services.delivery.message_kinds import MessageKinds
from bot.store.database import Database
from bot.store.delivery.claims import Claimed
from bot.time_source import TimeSource
from bot.worker.delivery.slack_posts import SlackPosts

log = logging.getLogger(__name__)

_SLOW_AT_ONCE = 1


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A rendered message. `content`: what Slack's method takes besides the place."""

    message: MessageContent[Any]
    content: Mapping[str, Any]


Rendered = RenderedMessage | ChannelCall | NothingToSay | NotYet
DraftOf = Callable[[Claimed], Awaitable[Rendered]]


class Drafting:
    """Looks up the current facts and renders them, off the event loop."""

    def __init__(
        self,
        db: Database,
        policy: Policy,
        kinds: MessageKinds[Any],
        post: SlackPosts,
        time_source: TimeSource,
        threads: Threads,
    ) -> None:
        self._db = db
        self._policy = policy
        self._kinds = kinds
        self._post = post
        self._time_source = time_source
        self._threads = threads
        self._slow = asyncio.Semaphore(_SLOW_AT_ONCE)

    def begin(self, batch: Sequence[Claimed]) -> DraftOf:
        """Begin to draft a claimed batch. Each delivery then awaits its own draft."""
        quick = [one for one in batch if not self._kinds.is_slow(one.kind)]
        together = asyncio.create_task(self._together(quick))
        return partial(self._of, together)

    async def alone(self, claimed: Claimed) -> Rendered:
        if not self._kinds.is_slow(claimed.kind):
            return await self._threads.read(self._draft, claimed)
        async with self._slow:
            return await self._threads.read(self._draft, claimed)

    async def _of(self, together: asyncio.Task[dict[str, Rendered]], claimed: Claimed) -> Rendered:
        if self._kinds.is_slow(claimed.kind):
            return await self.alone(claimed)
        drafts = await asyncio.shield(together)
        found = drafts.get(claimed.id)
        return await self.alone(claimed) if found is None else found

    async def _together(self, batch: Sequence[Claimed]) -> dict[str, Rendered]:
        """Draft all with one look-up. If one fails, return none, and each is drafted alone."""
        if not batch:
            return {}
        try:
            return await self._threads.read(self._draft_many, batch)
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001 - the delivery at fault meets it again
            log.warning("Deliveries could not be prepared together; they are prepared one by one")
            return {}

    def _draft_many(self, batch: Sequence[Claimed]) -> dict[str, Rendered]:
        prepared = outgoing.prepare_many(
            self._kinds, self._db, self._policy, batch, self._time_source.now()
        )
        pairs = zip(batch, prepared, strict=True)
        return {claimed.id: self._written(one) for claimed, one in pairs}

    def _draft(self, claimed: Claimed) -> Rendered:
        return self._written(
            outgoing.prepare(self._kinds, self._db, self._policy, claimed, self._time_source.now())
        )

    def _written(self, prepared: Content[Any]) -> Rendered:
        if isinstance(prepared, MessageContent):
            return RenderedMessage(prepared, self._post.content(prepared))
        return prepared
