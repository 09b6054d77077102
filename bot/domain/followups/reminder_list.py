"""The list of a person's waiting reminders, as frozen values."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.views import Head


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A free reminder that is not due yet.

    `text` is None if the reader may not see its escalation's words. `times`: how often it was set
    to another time.
    """

    id: str
    due_at: datetime
    text: str | None
    head: Head | None = None
    times: int = 0

    @property
    def as_set(self) -> str:
        """The value of a button that cancels the reminder only as it is set now."""
        return f"{self.times}:{self.id}"


@dataclass(frozen=True, slots=True)
class Reminders:
    """`/escalate reminders`: one person's waiting reminders, the earliest due first.

    `may_set`: the person may set a reminder that is about no escalation.
    """

    lines: tuple[ReminderLine, ...]
    total: int
    may_set: bool = True


NO_REMINDERS = Reminders((), 0)
