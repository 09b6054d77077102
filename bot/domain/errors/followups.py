"""Errors about a reminder that has changed since the person saw it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors.base import Refused


@dataclass(eq=False)
class AlreadyReminded(Refused):
    """The person wants to cancel or change a reminder that has already come, at `at`."""

    at: datetime


@dataclass(eq=False)
class ReminderChanged(Refused):
    """The person wants to cancel a reminder as it was, but it has since been set for `at`."""

    at: datetime
