"""Does Slack answer? Known from what comes of each call; told as a state that lasts."""

import time
from collections.abc import Callable
from datetime import timedelta

from bot.log.episodes import Episode, Episodes
from bot.slack.errors import NotSent, OutcomeUnknown, RateLimited, SlackError

IN_A_ROW = 2
"""So many calls of one method have to fail: one alone may be a hiccup, and is tried again."""
FORGOTTEN_AFTER = 120.0
"""Seconds after which a method that is not called any more says nothing of Slack. Its token is
checked more often than that, so an outage is not forgotten."""
LONG = timedelta(seconds=30)


class SlackWatch:
    """Hears how each call ended, in the event loop."""

    def __init__(self, episodes: Episodes, clock: Callable[[], float] = time.monotonic) -> None:
        self._episodes = episodes
        self._clock = clock
        self._failing: dict[str, tuple[int, float]] = {}
        """By method: how often in a row, and when last."""

    def heard(self, method: str, failure: SlackError | None) -> None:
        """A call has ended; `failure` says how, where Slack did not accept it."""
        match failure:
            case NotSent(why) | OutcomeUnknown(why):
                self._failed(method, why)
            case RateLimited(after):
                if after >= LONG:
                    self._limited(method, after)
            case _:
                self._answered(method)

    def _failed(self, method: str, why: str) -> None:
        now = self._clock()
        recent = {m: seen for m, seen in self._failing.items() if now - seen[1] < FORGOTTEN_AFTER}
        times = recent.get(method, (0, now))[0] + 1
        self._failing = {**recent, method: (times, now)}
        down = sorted(name for name, (count, _) in self._failing.items() if count >= IN_A_ROW)
        if down:
            self._episodes.on(Episode.SLACK, why=why, methods=down, ends_after=FORGOTTEN_AFTER)

    def _limited(self, method: str, after: timedelta) -> None:
        seconds = after.total_seconds()
        self._episodes.on(
            Episode.LIMIT, method, why="ratelimited", method=method, ends_after=seconds
        )

    def _answered(self, method: str) -> None:
        if self._failing.pop(method, None) and not self._failing:
            self._episodes.off(Episode.SLACK)
