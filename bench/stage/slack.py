"""The bench's view of the slow Slack: its address, its delay, its log."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.stage.processes import DIRECTLY, ROOT, running, wait_for
from bot.policy import load
from playground.web.ports import HOST, reserved

CALL_SECONDS = 0.1
_INTRODUCTION_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answered:
    """One call that Slack has taken. `at` is the time of the answer by the monotonic clock."""

    at: float
    method: str
    channel: str
    tag: int

    @property
    def is_page(self) -> bool:
        """Whether this is a message to a person. In the bench, only pages are."""
        return self.method == "chat.postMessage" and self.channel.startswith("D")


class Slack:
    """A client of the slow Slack's process."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.api_url = f"{base}/api/"

    def delay(self, seconds: float) -> None:
        self._ask("/delay", str(seconds * 1_000).encode())

    def clear(self) -> None:
        self._ask("/clear", b"-")

    def log(self) -> list[Answered]:
        return [Answered(*entry) for entry in self._ask("/log", None)]

    def until(self, enough: Callable[[list[Answered]], bool], seconds: float) -> list[Answered]:
        """Wait at most `seconds` until the log holds enough. Return the log in either case."""
        ending = time.monotonic() + seconds
        while not enough(log := self.log()) and time.monotonic() < ending:
            time.sleep(0.1)
        return log

    def until_introduced(self, bots: int = 1) -> None:
        """Wait until each bot has opened the direct messages of everyone on call, as at a start."""
        people = len(set(load(ROOT / "escalation.toml").people.values()))
        wanted = people * bots
        log = self.until(lambda log: _opened(log) >= wanted, _INTRODUCTION_SECONDS)
        if _opened(log) < wanted:
            raise SystemExit(f"Only {_opened(log)} of {wanted} direct messages were opened.")

    def _ask(self, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(self._base + path, data=body)
        with DIRECTLY.open(request, timeout=30) as answer:
            return json.load(answer)


def _opened(log: list[Answered]) -> int:
    return sum(call.method == "conversations.open" for call in log)


@contextmanager
def slow_slack() -> Iterator[Slack]:
    with (
        reserved() as port,
        running("-m", "bench.stage.slow_slack", str(port), gently=False) as process,
    ):
        base = f"http://{HOST}:{port}"
        wait_for(f"{base}/log", process)
        yield Slack(base)
