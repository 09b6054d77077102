"""Does Slack refuse one place, or everything? Told apart by what it takes meanwhile."""

import time

_MANY = 3
"""Lanes: fewer may be one channel's or one person's trouble."""
_COUNTS_FOR = 300.0
"""Seconds: each is tried again more often than that."""


class Refusals:
    """The lanes that Slack has refused since it last took anything from this process."""

    def __init__(self) -> None:
        self._refused: dict[str, tuple[float, str]] = {}

    def refused(self, lane: str, code: str, *, first: bool) -> None:
        """Count a lane whose new message is refused; what is tried again says nothing new of it."""
        if first or lane in self._refused:
            self._refused[lane] = time.monotonic(), code

    def accepted(self) -> None:
        self._refused.clear()

    def everywhere(self) -> str | None:
        """Return Slack's word, where it refuses all that is sent though the token is good."""
        now = time.monotonic()
        recent = [code for at, code in self._refused.values() if now - at < _COUNTS_FOR]
        return recent[-1] if len(recent) >= _MANY else None
