"""Plans when a task sends reminders: when it is given, snoozed, handed over or restored."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain.followups.task_entries import TaskRestoredEntry, TaskWithdrawnEntry
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.staleness import Change
from bot.services.locked import LockedIncident
from bot.services.staleness import keep_true_of
from bot.store.delivery import withdrawals
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.followups import tasks_and_reminders
from bot.store.tables import Task
from bot.store.tables.states import TaskKind, TaskState

BEFORE = "before"
LATER = "later"
SNOOZE = "snooze"
SNOOZED = (LATER, SNOOZE)
"""The prefixes of a snoozed timer's occurrence."""
DUE = "due"
OVERDUE_AGAIN = timedelta(days=1)


def about_task(task_id: str) -> str:
    """Return the merge key of a task's reminders: only one waits while Slack is away."""
    return f"task:{task_id}"


def silent_once_overdue(occurrence: str) -> bool:
    """Tell whether this timer stays silent once the task is overdue, because another one speaks.

    If several moments pass while the bot is away, only the last one sends a reminder.
    """
    return occurrence == BEFORE or occurrence.startswith(LATER)


def first_times(locked: LockedIncident, task_id: str, due_at: datetime, lead: timedelta) -> None:
    """Plan the reminders of a new task: before it is due, and when it is due."""
    before = due_at - lead
    if before > locked.act.now:
        locked.plan(NewTimer(TimerKind.TASK_DUE, task_id, BEFORE, before, locked.id))
    locked.plan(NewTimer(TimerKind.TASK_DUE, task_id, DUE, due_at, locked.id))


def fresh_times(locked: LockedIncident, task: Task) -> None:
    """Plan a task's reminders afresh; a snooze of the previous assignee no longer counts."""
    timers.cancel(locked.tx, TimerKind.TASK_DUE, task.id)
    withdrawals.cancel(locked.tx, [task.id], [DeliveryKind.TASK_REMINDER])
    timers.renew(locked.tx, TimerKind.TASK_DUE, task.id, BEFORE, locked.act.now)
    locked.plan(next_time(task, locked.act.now))


def next_time(task: Task, now: datetime) -> NewTimer:
    """Return an open task's next reminder: when it is due, or in a day if it is overdue."""
    if task.due_at > now:
        return NewTimer(TimerKind.TASK_DUE, task.id, DUE, task.due_at, task.incident_id)
    again = now + OVERDUE_AGAIN
    occurrence = f"{DUE} {again.isoformat()}"
    return NewTimer(TimerKind.TASK_DUE, task.id, occurrence, again, task.incident_id)


def snoozed_times(task: Task, until: datetime) -> list[NewTimer]:
    """Return a snoozed task's timers: at `until`, and at the due time if that is later."""
    if until >= task.due_at:
        occurrence = f"{SNOOZE} {until.isoformat()}"
        return [NewTimer(TimerKind.TASK_DUE, task.id, occurrence, until, task.incident_id)]
    occurrence = f"{LATER} {until.isoformat()}"
    return [
        NewTimer(TimerKind.TASK_DUE, task.id, occurrence, until, task.incident_id),
        NewTimer(TimerKind.TASK_DUE, task.id, DUE, task.due_at, task.incident_id),
    ]


def withdraw(locked: LockedIncident, kinds: Collection[TaskKind]) -> tuple[TaskWithdrawnEntry, ...]:
    """Withdraw the incident's open tasks of these kinds; they send no more reminders.

    Returns an entry for each, to be recorded after the cause.
    """
    open_ones = tasks_and_reminders.open_tasks_of(locked.tx, locked.id)
    wanted = [task.id for task in open_ones if task.kind in kinds]
    withdrawn = tasks_and_reminders.move_tasks(
        locked.tx, wanted, TaskState.OPEN, TaskState.WITHDRAWN
    )
    for task in withdrawn:
        timers.cancel(locked.tx, TimerKind.TASK_DUE, task.id)
    keep_true_of(locked, Change.TASK, *(task.id for task in withdrawn))
    return tuple(
        TaskWithdrawnEntry(
            task=task.id,
            assignee=task.assignee,
            text=task.text,
            follow_up=task.kind is TaskKind.FOLLOW_UP,
        )
        for task in withdrawn
    )


def restore(locked: LockedIncident) -> tuple[TaskRestoredEntry, ...]:
    """Reopen the tasks that ended with the incident, with fresh timers.

    Follow-ups stay withdrawn: the next resolution plans new ones. Returns an entry for each task,
    to be recorded after the cause.
    """
    there = tasks_and_reminders.tasks_of(locked.tx, locked.id)
    wanted = [task.id for task in there if task.kind is TaskKind.TASK]
    restored = tasks_and_reminders.move_tasks(
        locked.tx, wanted, TaskState.WITHDRAWN, TaskState.OPEN
    )
    for task in restored:
        fresh_times(locked, task)
    keep_true_of(locked, Change.TASK, *(task.id for task in restored))
    return tuple(
        TaskRestoredEntry(task=task.id, assignee=task.assignee, text=task.text) for task in restored
    )
