"""Tells from the outcome of each call whether Slack answers, and logs it as a lasting state."""

import time
from collections.abc import Callable
from datetime import timedelta

from bot.log.episodes import Episode, Episodes
from bot.slack.errors import NotSent, OutcomeUnknown, RateLimited, SlackError

IN_A_ROW = 2
"""How many calls of a method must fail in a row: one alone may be a hiccup."""
FORGOTTEN_AFTER = 120.0
"""Seconds after which a failed method that is no longer called stops counting. The token check runs
more often, so an outage is not forgotten."""
LONG = timedelta(seconds=30)


class SlackWatch:
    """Watches how each call ends. It runs in the event loop."""

    def __init__(self, episodes: Episodes, clock: Callable[[], float] = time.monotonic) -> None:
        self._episodes = episodes
        self._clock = clock
        self._failing: dict[str, tuple[int, float]] = {}
        """By method: failures in a row, and the time of the last one."""

    def heard(self, method: str, failure: SlackError | None) -> None:
        """A call has ended. `failure` is the error if Slack did not accept it."""
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
