"""Is our token good? Asked while nothing is sent, too: a quiet night must not hide its loss."""

import asyncio
import logging

from bot.episodes import Episodes, State
from bot.slack.client import SlackCalls
from bot.slack.errors import SlackError, TokenLost
from bot.worker.figures import Figures
from bot.worker.loop import going_on
from bot.worker.pace import Pace

log = logging.getLogger(__name__)


class TokenWatch:
    """Asks Slack who we are, again and again."""

    def __init__(self, calls: SlackCalls, figures: Figures, episodes: Episodes, pace: Pace) -> None:
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
        """An outage of Slack says nothing of the token."""
        try:
            await self._calls.call("auth.test")
        except TokenLost as error:
            self._figures.token_lost(error.code)
            self._episodes.on(State.TOKEN, why=error.code)
        except SlackError:
            return
        else:
            self._figures.token_good()
            self._episodes.off(State.TOKEN)
