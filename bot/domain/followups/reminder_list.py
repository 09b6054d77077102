"""A person's waiting reminders, as frozen values."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.views import Head


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A free reminder that waits. `text` is None where its escalation's words may not be shown.

    `times`: how often it was set for another time.
    """

    id: str
    due_at: datetime
    text: str | None
    head: Head | None = None
    times: int = 0

    @property
    def as_set(self) -> str:
        """What a button is about that ends it as it is set now."""
        return f"{self.times}:{self.id}"


@dataclass(frozen=True, slots=True)
class Reminders:
    """`/escalate reminders`: those of one person that wait, the first due first. `may_set`: they
    may set one that is about no escalation."""

    lines: tuple[ReminderLine, ...]
    total: int
    may_set: bool = True


NO_REMINDERS = Reminders((), 0)
