"""A reminder is not as the person saw it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors.base import Refused


@dataclass(eq=False)
class AlreadyReminded(Refused):
    """A reminder is to be cancelled or changed, and its moment has come already."""

    at: datetime


@dataclass(eq=False)
class ReminderChanged(Refused):
    """A reminder is to be cancelled as it was set before; it is set for `at` now."""

    at: datetime
