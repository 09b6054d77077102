"""Is our token good? Asked while nothing is sent, too: a quiet night must not hide its loss."""

import asyncio
import logging

from bot.slack.client import SlackCalls
from bot.slack.errors import SlackError, TokenLost
from bot.worker.figures import Figures
from bot.worker.loop import going_on
from bot.worker.pace import Pace

log = logging.getLogger(__name__)


class TokenWatch:
    """Asks Slack who we are, again and again. Says once what has changed."""

    def __init__(self, calls: SlackCalls, figures: Figures, pace: Pace) -> None:
        self._calls = calls
        self._figures = figures
        self._pace = pace

    async def run(self) -> None:
        while True:
            with going_on(log, "The token could not be checked"):
                await self.look()
            await asyncio.sleep(self._pace.check_token_every.total_seconds())

    async def look(self) -> None:
        """An outage of Slack says nothing of the token."""
        known = self._figures.lost_token
        try:
            await self._calls.call("auth.test")
        except TokenLost as error:
            self._figures.token_lost(error.code)
            if known is None:
                log.error("Slack refuses our token", extra={"code": self._figures.lost_token})
        except SlackError:
            return
        else:
            self._figures.token_good()
            if known is not None:
                log.warning("Slack accepts our token again")
