"""What comes of a delivery, as the worker tells it to the services."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Accepted:
    """What Slack answered: where it stands now. `name` is a new channel's.

    `found`: it was looked for, and says what was true when it was posted. `private`: a new channel
    is. `left_out`: people whom Slack did not invite with the others.
    """

    channel: str | None = None
    ts: str | None = None
    name: str | None = None
    found: bool = False
    private: bool | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class At:
    """The moment in both times: the product's, and the machine's for leases and limits."""

    now: datetime
    real: datetime


@dataclass(frozen=True, slots=True)
class Retry:
    """When a delivery is tried again, and why.

    `unknown`: Slack may have it already. `in_order`: what stands behind it in its lane waits too;
    otherwise it goes ahead.
    """

    wait: timedelta
    error: str
    unknown: bool = False
    looked_up: bool = False
    used_attempt: bool = True
    in_order: bool = False
