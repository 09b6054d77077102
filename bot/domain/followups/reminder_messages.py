"""Reminders about tasks, updates and free texts, as frozen values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.delivery.message_args import MessageArgs
from bot.domain.ids import ReminderId, UserId
from bot.domain.incidents.views import Head, TaskLine


class Outcome(StrEnum):
    """What became of a message that asks for something. None instead means that it still asks."""

    DONE = "done"
    STOPPED = "stopped"
    SNOOZED = "snoozed"
    REPEATED = "repeated"
    PASSED_ON = "passed on"
    UPDATED = "updated"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TaskReminderArgs(MessageArgs):
    """`instead_of`: the assignee who has left.

    `moment`: `given` if a person gave the task or handed it over, the latter in timeline entry
    `seq`.
    """

    late: bool | None = None
    instead_of: str | None = None
    moment: str | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateReminderArgs(MessageArgs):
    """`since`: the last update; `due`: when the next one was due."""

    since: datetime | None = None
    due: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class ReminderMessage:
    """A free reminder. `head` is None if it belongs to no incident.

    `until`: the time to which it was put off.
    """

    id: ReminderId
    text: str
    due_at: datetime
    late: bool
    head: Head | None = None
    asked_by: UserId | None = None
    outcome: Outcome | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskReminder:
    """A reminder about a task, to its assignee.

    `instead`: the assignee is kept out, so it goes to the person who answers for the incident.
    `new`: this is the first message about the task. `by` gave the task or handed it over, and
    `summary` is what they want the assignee to know.
    """

    task: TaskLine
    now: datetime
    late: bool = False
    instead: bool = False
    summary: str = ""
    by: UserId | None = None
    new: bool = False
    outcome: Outcome | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UpdateReminder:
    """A reminder that an update is due, to the owner. Without an owner, people take turns.

    `updated_at`: when an update came after all.
    """

    head: Head
    last_update_at: datetime
    due_at: datetime
    late: bool = False
    outcome: Outcome | None = None
    until: datetime | None = None
    updated_at: datetime | None = None
