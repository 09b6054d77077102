"""The two short-lived keys that an interaction hands to the app: trigger ids and response URLs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TypeVar

from playground.virtual_time import VirtualTime
from playground.web.refusal import Refusal

Key = TypeVar("Key")

RESPONSE_URL_USES = 5

#: How many keys are remembered, so that a bench does not fill the memory.
REMEMBERED = 50_000


@dataclass
class Trigger:
    id: str
    user: str
    issued: float
    used: bool = False


class Triggers:
    """Trigger ids. Each opens one view for one person, within seconds of their action."""

    def __init__(self, clock: VirtualTime, team_id: str, lifetime: float) -> None:
        self.clock = clock
        self.team_id = team_id
        self.lifetime = lifetime
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str) -> str:
        now = self.clock.real_now()
        key = f"{int(now * 1000)}.{self.team_id}.{secrets.token_hex(8)}"
        self._issued[key] = Trigger(key, user, now)
        _forget_oldest(self._issued)
        return key

    def owner(self, trigger_id: str) -> Trigger:
        """Return a trigger that may still be used. This does not use it up."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self.clock.real_now() - trigger.issued > self.lifetime:
            raise Refusal("expired_trigger_id")
        return trigger


@dataclass
class ResponseUrl:
    """Lets the app answer in a channel even if it is not a member."""

    key: str
    user: str
    channel: str
    issued: float
    message_ts: str | None = None
    """The message whose button was clicked: what `replace_original` replaces."""
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    def __init__(self, clock: VirtualTime, lifetime: float) -> None:
        self.clock = clock
        self.lifetime = lifetime
        self.base = ""
        """The playground's own address, set once it listens."""
        self._issued: dict[str, ResponseUrl] = {}

    def issue(
        self,
        user: str,
        channel: str,
        *,
        message_ts: str | None = None,
        thread_ts: str | None = None,
    ) -> str:
        key = secrets.token_urlsafe(16)
        self._issued[key] = ResponseUrl(
            key, user, channel, self.clock.real_now(), message_ts, thread_ts
        )
        _forget_oldest(self._issued)
        return f"{self.base}/response/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Count a use. Raises Refusal if the URL is unknown, too old or used up."""
        url = self._issued.get(key)
        if url is None or self.clock.real_now() - url.issued > self.lifetime:
            raise Refusal("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise Refusal("used_url")
        url.uses += 1
        return url


def _forget_oldest(issued: dict[str, Key]) -> None:
    if len(issued) > REMEMBERED:
        del issued[next(iter(issued))]
