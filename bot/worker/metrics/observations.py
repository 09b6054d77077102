"""Counts and logs what a process observes of Slack, the database and wrong signatures."""

import asyncio

from bot.domain.errors import StoreUnavailable
from bot.log.episodes import Episode, Episodes
from bot.slack.errors import SlackError, code_of
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.metrics.slack_watch import SlackWatch

_BETWEEN_LOOKS = 1.0
_NO_MORE_FORGERIES = 90.0
"""Seconds."""


class Observations:
    """Passes each observation on to the metrics and to the log."""

    def __init__(self, figures: ProcessMetrics, episodes: Episodes) -> None:
        self._figures = figures
        self._episodes = episodes
        self._slack = SlackWatch(episodes)

    def called(self, method: str, seconds: float, failure: SlackError | None) -> None:
        """A call to Slack has ended. `failure` is the error if Slack did not accept it."""
        self._figures.called(method, seconds, None if failure is None else code_of(failure))
        self._slack.heard(method, failure)

    def database_failed(self, error: StoreUnavailable) -> None:
        """The database did not answer or store. Any thread may call this."""
        self._figures.database_failed()
        self._episodes.on(Episode.DATABASE, why=error.why, advice=error.advice)

    def wrongly_signed(self) -> None:
        """The bot refused a request with a wrong signature."""
        self._figures.wrongly_signed()
        self._episodes.on(Episode.SIGNATURES, why="wrong signature", ends_after=_NO_MORE_FORGERIES)

    async def tell_what_lasts(self) -> None:
        """Log the lasting states again and again, until cancelled."""
        while True:
            await asyncio.sleep(_BETWEEN_LOOKS)
            self._episodes.look()
