"""Logs states that last: a line when one begins, one line a minute, and a line when it ends.

A fault that occurs many times a second is one state. Code that meets it calls `on` each time;
code that finds it over calls `off`.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds."""


class _Told(NamedTuple):
    begins: str
    lasts: str
    ends: str
    level: int = logging.WARNING


class Episode(Enum):
    """The states that can last, and the log's sentences for each."""

    DATABASE = _Told(
        "The database cannot be used: nothing is stored or sent",
        "The database still cannot be used",
        "The database can be used again",
        logging.ERROR,
    )
    SLACK = _Told(
        "Slack does not answer as it should; messages wait",
        "Slack still does not answer as it should",
        "Slack answers again",
        logging.ERROR,
    )
    TOKEN = _Told(
        "Slack refuses our token; its deliveries wait",
        "Slack still refuses our token",
        "Slack accepts our token again",
        logging.ERROR,
    )
    LIMIT = _Told(
        "Slack limits a method for long; what needs it waits",
        "Slack still limits a method",
        "Slack no longer limits the method",
    )
    LANE = _Told(
        "Slack refuses one lane; the others go on",
        "Slack still refuses one lane",
        "Slack no longer refuses the lane",
    )
    GATEWAY = _Told(
        "A gateway did not accept a page; the bot tries again",
        "A gateway still does not accept pages",
        "The gateway accepts pages again, or none waits for it",
    )
    SOCKET = _Told(
        "Slack gives no socket yet",
        "Slack still gives no socket: no command or click arrives",
        "The socket to Slack is open again",
    )
    SIGNATURES = _Told(
        "A request with a wrong signature was refused: if Slack sent it, check "
        "SLACK_SIGNING_SECRET and this machine's clock",
        "Requests with a wrong signature keep coming",
        "No more requests with a wrong signature come",
    )
    SILENT = _Told(
        "The heartbeat is withheld",
        "The heartbeat is still withheld",
        "The heartbeat goes out again",
        logging.ERROR,
    )
    UNHEARD = _Told(
        "The heartbeat was not accepted",
        "The heartbeat is still not accepted",
        "The heartbeat is accepted again",
    )
    CANARY = _Told(
        "The canary failed",
        "No canary has succeeded since one failed",
        "A canary succeeded again",
        logging.ERROR,
    )


@dataclass(slots=True)
class _Episode:
    """A state that lasts now. All moments are in seconds of the clock."""

    began: float
    told: float
    why: str
    named: dict[str, Any]
    ends_by_itself: float | None
    count: int = 1
    known: set[str] = field(default_factory=set)
    """Causes already logged. A new one is logged at once."""


class Episodes:
    """Logs each state by itself: two lanes, or two gateways, have two states.

    Any thread may call these methods. Call `look` regularly, or nothing is logged each minute and
    no state ends by itself.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, every: float = EVERY
    ) -> None:
        self._clock = clock
        self._every = every
        self._running: dict[tuple[Episode, str], _Episode] = {}
        self._lock = threading.Lock()

    def on(
        self,
        state: Episode,
        which: str = "",
        *,
        why: str,
        ends_after: float | None = None,
        **named: Any,
    ) -> None:
        """Report that the state holds, and why; `named` are further fields of the line.

        The state lasts until `off`. With `ends_after`, it also ends by itself if it is not
        reported again for that many seconds.
        """
        now = self._clock()
        by_itself = None if ends_after is None else now + ends_after
        with self._lock:
            running = self._running.get((state, which))
            if running is None:
                begun = _Episode(now, now, why, named, by_itself, known={why})
                self._running[state, which] = begun
                log.log(state.value.level, state.value.begins, extra={"why": why, **named})
                return
            running.count += 1
            running.ends_by_itself = by_itself
            running.why, running.named = why, named
            if why not in running.known:
                running.known.add(why)
                self._tell(state, running, now)

    def off(self, state: Episode, which: str = "") -> None:
        """End a state. Logs nothing if the state was not there."""
        if not self._running:
            return
        now = self._clock()
        with self._lock:
            ended = self._running.pop((state, which), None)
            if ended is not None:
                _tell_end(state, ended, now)

    def look(self) -> None:
        """Log states that have lasted another `every` seconds, and end those that ran out."""
        now = self._clock()
        with self._lock:
            for (state, which), running in list(self._running.items()):
                if running.ends_by_itself is not None and now >= running.ends_by_itself:
                    del self._running[state, which]
                    _tell_end(state, running, now)
                elif now - running.told >= self._every:
                    self._tell(state, running, now)

    def _tell(self, state: Episode, running: _Episode, now: float) -> None:
        running.told = now
        told = {"why": running.why, **running.named, **_lasted(running, now)}
        log.log(state.value.level, state.value.lasts, extra=told)


def _tell_end(state: Episode, ended: _Episode, now: float) -> None:
    # The end may be quieter than the beginning, but a warning is always shown.
    named = {name: said for name, said in ended.named.items() if name != "advice"}
    log.warning(state.value.ends, extra={**named, **_lasted(ended, now)})


def _lasted(running: _Episode, now: float) -> dict[str, Any]:
    return {"lasted": f"{now - running.began:.0f}s", "times": running.count}
