"""The Home tab, as a frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.followups.reminder_list import NO_REMINDERS, Reminders
from bot.domain.ids import UserId
from bot.domain.incidents.views import Head, TaskLine
from bot.domain.paging.page_messages import PageMessage


@dataclass(frozen=True, slots=True)
class Home:
    reader: UserId
    pages: tuple[PageMessage, ...]
    tasks: tuple[TaskLine, ...]
    mine: tuple[Head, ...]
    open: tuple[Head, ...]
    now: datetime
    total_pages: int = 0
    total_tasks: int = 0
    total_mine: int = 0
    total_open: int = 0
    """The full count of each list, which may hold fewer."""
    may_open: bool = True
    may_act: bool = True
    """Whether the reader has a role. Without one, they can read the incidents that they are in, but
    get no buttons."""
    kept_out: bool = False
    """Whether the reader is a guest or from another organisation, and so can have no role."""
    reminders: Reminders = NO_REMINDERS
    overdue_pages: Mapping[str, int] = field(default_factory=dict)
    """By incident id: how many of its teams did not answer in time."""
