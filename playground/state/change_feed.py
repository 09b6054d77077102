"""Tells listeners, such as the browser page, what has changed and for which people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal[
    "message", "read", "channel", "person", "view", "home", "time", "faults", "delivery", "reset"
]


@dataclass(frozen=True)
class Change:
    kind: ChangeKind
    channel: str | None = None
    people: frozenset[str] | None = None
    """The people concerned; None for everyone."""
    ts: str | None = None
    thread_ts: str | None = None

    def concerns(self, person: str) -> bool:
        return self.people is None or person in self.people


class Subscription:
    """An endless stream of changes for one listener."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Change] = asyncio.Queue()

    def put(self, change: Change) -> None:
        self._queue.put_nowait(change)

    async def next(self) -> Change:
        return await self._queue.get()

    def waiting(self) -> list[Change]:
        """Take all waiting changes, so that a listener can handle them in one batch."""
        taken = []
        while not self._queue.empty():
            taken.append(self._queue.get_nowait())
        return taken

    async def __aiter__(self) -> AsyncIterator[Change]:
        while True:
            yield await self.next()


class ChangeFeed:
    """Publishes without waiting. Each subscriber has its own queue."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def publish(self, change: Change) -> None:
        for subscription in self._subscriptions:
            subscription.put(change)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        subscription = Subscription()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
