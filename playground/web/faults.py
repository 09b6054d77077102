"""Slack faults to switch on: which calls they hit, how often, and what happens."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from enum import Enum


class FaultKind(Enum):
    """What a caller experiences. 'Stored': the call took effect before it failed."""

    HTTP_500 = "http_500"
    HTTP_500_STORED = "http_500_stored"
    FATAL_ERROR = "fatal_error"
    FATAL_ERROR_STORED = "fatal_error_stored"
    HANG = "hang"
    HANG_STORED = "hang_stored"
    RESET = "reset"
    RESET_STORED = "reset_stored"
    CLOSE = "close"
    """The connection closes in good order, without an answer."""
    CLOSE_STORED = "close_stored"
    RATE_LIMITED = "rate_limited"
    HTML_BODY = "html_body"
    HTML_BODY_STORED = "html_body_stored"
    NO_PLACE = "no_place"
    """`ok: true` and nothing else, so the caller does not learn the channel or ts."""
    NO_PLACE_STORED = "no_place_stored"
    ERROR = "error"
    """`ok: false` with the code in `FaultRule.error`. Nothing is stored."""
    DELAY = "delay"
    """The answer is right, but comes `FaultRule.seconds` late."""

    @property
    def stores(self) -> bool:
        return self.value.endswith("_stored") or self is FaultKind.DELAY


@dataclass
class FaultRule:
    """Matches calls by method (`*` for all), and by channel and user argument if given."""

    kind: FaultKind
    method: str = "*"
    channel: str | None = None
    user: str | None = None
    count: int | None = None
    """How many more calls it hits; None for no limit."""
    probability: float = 1.0
    error: str = "internal_error"
    seconds: float = 30.0
    """The Retry-After of `rate_limited`, or the length of a hang or delay."""
    hits: int = 0

    def matches(self, method: str, args: dict[str, object]) -> bool:
        if self.count is not None and self.count <= 0:
            return False
        if self.method not in ("*", method):
            return False
        if self.channel is not None and args.get("channel") != self.channel:
            return False
        if self.user is None:
            return True
        named = (args.get("user"), args.get("user_id"), args.get("channel"))
        return self.user in named or self.user in str(args.get("users") or "").split(",")


@dataclass
class Faults:
    """The rules in force, the delays by method, and the dice, seeded so that a run repeats."""

    rules: list[FaultRule] = field(default_factory=list)
    latency_ms: dict[str, float] = field(default_factory=dict)
    """Milliseconds by method; `*` for all others."""
    answers_a_second: float | None = None
    """Simulates an overloaded Slack, where calls wait in line. None: no limit."""
    history_lag: float = 0.0
    """Seconds until history and replies show a new message, and `users.conversations` a new
    channel."""
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    _free_at: float = 0.0

    def set(self, rules: list[FaultRule]) -> None:
        self.rules = list(rules)

    def add(self, rule: FaultRule) -> FaultRule:
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        self.rules = []
        self.latency_ms = {}
        self.answers_a_second = None
        self.history_lag = 0.0

    def strike(self, method: str, args: dict[str, object]) -> FaultRule | None:
        """Return the first rule that hits this call, and count the hit."""
        for rule in self.rules:
            if rule.matches(method, args) and self.dice.random() < rule.probability:
                rule.hits += 1
                if rule.count is not None:
                    rule.count -= 1
                return rule
        return None

    def delay(self, method: str) -> float:
        """Return the seconds this answer takes: its method's delay plus its wait in line."""
        alone = self.latency_ms.get(method, self.latency_ms.get("*", 0.0)) / 1000
        if self.answers_a_second is None:
            return alone
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + 1 / self.answers_a_second
        return alone + self._free_at - now
