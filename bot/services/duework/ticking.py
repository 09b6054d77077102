"""What a tick does, given to the loop by whoever knows the product."""

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
    """The kinds of due work, and what is looked after beside them.

    `plan` plans what comes again by the calendar. `held_up` looks for what waits behind a long
    limit of Slack's, and `go_round` does something about what it found.
    """

    kinds: DueWorkKinds
    plan: Callable[[Database, Policy, Workspace, datetime], object]
    held_up: Callable[[Database, At], Any]
    go_round: Callable[[Database, Policy, Any, At], None]
