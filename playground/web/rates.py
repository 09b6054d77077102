"""Slack's rate limits: a bucket per method, and for posts also one per channel."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from playground.virtual_time import VirtualTime


@dataclass
class Bucket:
    """Allows `size` calls at once, and refills at `per_second`."""

    size: float
    per_second: float
    level: float
    filled: float

    def wait(self, now: float) -> float:
        """Return the seconds until a call fits; 0 if it fits now."""
        self.level = min(self.size, self.level + (now - self.filled) * self.per_second)
        self.filled = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.per_second


@dataclass
class Rates:
    """Off until switched on. `per_minute` is by method. Posts also count by channel."""

    clock: VirtualTime
    per_minute: dict[str, int]
    on: bool = False
    post_per_second: float = 1.0
    post_burst: int = 4
    buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def switch(self, on: bool) -> None:
        self.on = on
        self.buckets.clear()

    def retry_after(self, method: str, channel: str | None) -> int | None:
        """Return None and count the call if it may pass, else the seconds of Retry-After."""
        if not self.on:
            return None
        now = self.clock.real_now()
        asked = [self._bucket((method, ""), self.per_minute[method], now)]
        if method in ("chat.postMessage", "chat.postEphemeral") and channel:
            asked.append(self._channel_bucket(channel, now))
        wait = max(bucket.wait(now) for bucket in asked)
        if wait > 0:
            return max(1, math.ceil(wait))
        for bucket in asked:
            bucket.level -= 1
        return None

    def _bucket(self, key: tuple[str, str], per_minute: int, now: float) -> Bucket:
        if key not in self.buckets:
            self.buckets[key] = Bucket(per_minute, per_minute / 60, per_minute, now)
        return self.buckets[key]

    def _channel_bucket(self, channel: str, now: float) -> Bucket:
        key = ("post", channel)
        if key not in self.buckets:
            burst = self.post_burst
            self.buckets[key] = Bucket(burst, self.post_per_second, burst, now)
        return self.buckets[key]
