"""The outcomes of a delivery, as the worker reports them to the services."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.delivery.content import RequestedPlace
from bot.store.delivery.missed_notices import GONE

_NOWHERE = RequestedPlace()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Slack's answer: where the message is now. `name` is the name of a new channel.

    `found`: a search found the message, so it says what was true when it was posted. `private`:
    whether a new channel is private. `left_out`: people that Slack did not invite with the others.
    """

    channel: str | None = None
    ts: str | None = None
    name: str | None = None
    found: bool = False
    private: bool | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Slack's refusal: its code, and the place that the request was about.

    `people`: those of an invitation that it concerns; empty if Slack names no one.
    """

    code: str
    place: RequestedPlace = _NOWHERE
    people: tuple[str, ...] = ()

    @property
    def channel_is_gone(self) -> bool:
        """Whether the channel of the request is archived or out of reach."""
        return self.place.channel is not None and self.code in GONE


@dataclass(frozen=True, slots=True)
class At:
    """One moment in two times: product time, and machine time for leases and limits."""

    now: datetime
    real: datetime


@dataclass(frozen=True, slots=True)
class Retry:
    """When to try a delivery again, and why.

    `unknown`: Slack may have it already. `in_order`: later messages in its lane wait too;
    otherwise they go ahead of it.
    """

    wait: timedelta
    error: str
    unknown: bool = False
    looked_up: bool = False
    used_attempt: bool = True
    in_order: bool = False
