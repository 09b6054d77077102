"""What the timeline records about tasks."""

from dataclasses import dataclass

from bot.domain.incidents.entries import NewEntry
from bot.domain.incidents.timeline import EntryKind


@dataclass(frozen=True, kw_only=True)
class TaskEntry(NewEntry):
    """`due_at`: in ISO 8601. `summary`: what the person who gave the task on wrote."""

    kind = EntryKind.TASK
    task: str
    assignee: str
    text: str
    due_at: str
    follow_up: bool
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskDoneEntry(NewEntry):
    kind = EntryKind.TASK_DONE
    task: str
    text: str


@dataclass(frozen=True, kw_only=True)
class TaskRestoredEntry(TaskDoneEntry):
    kind = EntryKind.TASK_RESTORED
    assignee: str


@dataclass(frozen=True, kw_only=True)
class TaskWithdrawnEntry(TaskDoneEntry):
    kind = EntryKind.TASK_WITHDRAWN
    assignee: str
    follow_up: bool
