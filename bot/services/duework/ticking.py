"""The work of one tick, as the product passes it to the loop."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.act import Workspace
from bot.policy import Policy
from bot.services.delivery.results import At
from bot.services.duework.firing import DueWorkKinds
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Ticking:
    """The kinds of due work, and what the tick looks after besides.

    `plan` plans work that recurs by the calendar. `held_up` finds what waits behind one of Slack's
    long limits, and `go_round` acts on what it found.
    """

    kinds: DueWorkKinds
    plan: Callable[[Database, Policy, Workspace, datetime], object]
    held_up: Callable[[Database, At], Any]
    go_round: Callable[[Database, Policy, Any, At], None]
