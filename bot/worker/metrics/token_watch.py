"""Checks the token even while nothing is sent: a quiet night must not hide its loss."""

import asyncio
import logging

from bot.log.episodes import Episode, Episodes
from bot.slack.client import SlackCalls
from bot.slack.errors import SlackError, TokenLost
from bot.worker.loop import going_on
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.timings import Timings

log = logging.getLogger(__name__)


class TokenWatch:
    """Calls `auth.test` again and again."""

    def __init__(
        self, calls: SlackCalls, figures: ProcessMetrics, episodes: Episodes, pace: Timings
    ) -> None:
        self._calls = calls
        self._figures = figures
        self._episodes = episodes
        self._pace = pace

    async def run(self) -> None:
        while True:
            with going_on(log, "The token could not be checked"):
                await self.look()
            await asyncio.sleep(self._pace.check_token_every.total_seconds())

    async def look(self) -> None:
        """Check once. An outage of Slack says nothing about the token."""
        try:
            await self._calls.call("auth.test")
        except TokenLost as error:
            self._figures.token_lost(error.code)
            self._episodes.on(Episode.TOKEN, why=error.code)
        except SlackError:
            return
        else:
            self._figures.token_good()
            self._episodes.off(Episode.TOKEN)
