"""Tells whether Slack refuses one place or everything, by what it accepts in between."""

import time

_MANY = 3
"""Lanes. Fewer may be a problem of one channel or person."""
_COUNTS_FOR = 300.0
"""Seconds for which a refusal counts. A refused lane is tried again more often."""


class Refusals:
    """The lanes that Slack has refused since it last accepted anything from this process."""

    def __init__(self) -> None:
        self._refused: dict[str, tuple[float, str]] = {}

    def refused(self, lane: str, code: str, *, first: bool) -> None:
        """Count a lane whose new message is refused. A retry alone does not add a lane."""
        if first or lane in self._refused:
            self._refused[lane] = time.monotonic(), code

    def accepted(self) -> None:
        self._refused.clear()

    def everywhere(self) -> str | None:
        """Return Slack's error code if it refuses everything although the token is good."""
        now = time.monotonic()
        recent = [code for at, code in self._refused.values() if now - at < _COUNTS_FOR]
        return recent[-1] if len(recent) >= _MANY else None
