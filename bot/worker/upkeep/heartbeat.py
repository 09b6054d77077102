"""Sends a sign of life to an outside monitor, which raises the alarm when it stops.

The bot sends no alarm itself, because a pager in trouble may be unable to. Its silence is the
alarm.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import aiohttp

from bot.log.episodes import Episode, Episodes
from bot.worker.metrics.process_metrics import ProcessMetrics

TIMEOUT = timedelta(seconds=10)


class Heartbeat:
    """Requests an address again and again, unless `reasons` gives any against it.

    The address may hold a secret: neither it nor the text of an error is ever logged.
    """

    def __init__(
        self,
        url: str,
        every: timedelta,
        reasons: Callable[[], Awaitable[Sequence[str]]],
        figures: ProcessMetrics,
        episodes: Episodes,
        timeout: timedelta = TIMEOUT,
        *,
        proxy: str | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._proxy = proxy
        self._trust = trust
        self._url = url
        self._every = every
        self._reasons = reasons
        self._figures = figures
        self._episodes = episodes
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())

    async def run(self) -> None:
        """Beat until cancelled. No error stops the next beat."""
        connector = aiohttp.TCPConnector(ssl=self._trust or True)
        async with aiohttp.ClientSession(connector=connector, timeout=self._timeout) as session:
            while True:
                # Sleep first: a process that has just started is not ready yet, which is normal.
                await asyncio.sleep(self._every.total_seconds())
                try:
                    await self._beat(session)
                except Exception as error:  # noqa: BLE001 - a loop that must never end
                    self._failed(type(error).__name__)

    async def _beat(self, session: aiohttp.ClientSession) -> None:
        reasons = await self._reasons()
        self._tell(reasons)
        if reasons:
            self._figures.heartbeat("withheld")
            return
        # Follow no redirect: it leads to an address that no one configured.
        asked = session.get(self._url, allow_redirects=False, proxy=self._proxy)
        async with asked as answer:
            taken = 200 <= answer.status < 300
        if not taken:
            self._failed(f"status {answer.status}")
            return
        self._figures.heartbeat("sent")
        self._episodes.off(Episode.UNHEARD)

    def _tell(self, reasons: Sequence[str]) -> None:
        if reasons:
            self._episodes.on(Episode.SILENT, why="; ".join(reasons))
        else:
            self._episodes.off(Episode.SILENT)

    def _failed(self, why: str) -> None:
        self._figures.heartbeat("failed")
        self._episodes.on(Episode.UNHEARD, why=why)
