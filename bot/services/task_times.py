"""When a task speaks: given, snoozed, handed over, withdrawn and restored."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain.duework import DeliveryKind, TimerKind
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.services.case import Case
from bot.services.standing import keep_true_of
from bot.store import followups, timers, withdrawals
from bot.store.tables import Task
from bot.store.tables.states import TaskKind, TaskState
from bot.store.timers import NewTimer

BEFORE = "before"
LATER = "later"
SNOOZE = "snooze"
SNOOZED = (LATER, SNOOZE)
"""How the occurrence of a timer begins that was put off."""
DUE = "due"
OVERDUE_AGAIN = timedelta(days=1)


def about_task(task_id: str) -> str:
    """The merge key of a task's reminders: while Slack is away, one waits."""
    return f"task:{task_id}"


def silent_once_overdue(occurrence: str) -> bool:
    """Tell whether another timer of the same task speaks for this one when the task is overdue.

    Of several moments that pass while the bot is away, the last one speaks.
    """
    return occurrence == BEFORE or occurrence.startswith(LATER)


def first_times(case: Case, task_id: str, due_at: datetime, lead: timedelta) -> None:
    """Plan the reminders of a new task: before it is due, and when it is."""
    before = due_at - lead
    if before > case.act.now:
        case.plan(NewTimer(TimerKind.TASK_DUE, task_id, BEFORE, before, case.id))
    case.plan(NewTimer(TimerKind.TASK_DUE, task_id, DUE, due_at, case.id))


def fresh_times(case: Case, task: Task) -> None:
    """Plan a task's reminders anew: what the assignee before has snoozed speaks again."""
    timers.cancel(case.tx, TimerKind.TASK_DUE, task.id)
    withdrawals.cancel(case.tx, [task.id], [DeliveryKind.TASK_REMINDER])
    timers.renew(case.tx, TimerKind.TASK_DUE, task.id, BEFORE, case.act.now)
    case.plan(next_time(task, case.act.now))


def next_time(task: Task, now: datetime) -> NewTimer:
    """Return when an open task speaks next: when it is due, or a day later where it was."""
    if task.due_at > now:
        return NewTimer(TimerKind.TASK_DUE, task.id, DUE, task.due_at, task.incident_id)
    again = now + OVERDUE_AGAIN
    occurrence = f"{DUE} {again.isoformat()}"
    return NewTimer(TimerKind.TASK_DUE, task.id, occurrence, again, task.incident_id)


def snoozed_times(task: Task, until: datetime) -> list[NewTimer]:
    """Return when a snoozed task speaks: at `until`, and when it is due where that is later."""
    if until >= task.due_at:
        occurrence = f"{SNOOZE} {until.isoformat()}"
        return [NewTimer(TimerKind.TASK_DUE, task.id, occurrence, until, task.incident_id)]
    occurrence = f"{LATER} {until.isoformat()}"
    return [
        NewTimer(TimerKind.TASK_DUE, task.id, occurrence, until, task.incident_id),
        NewTimer(TimerKind.TASK_DUE, task.id, DUE, task.due_at, task.incident_id),
    ]


def withdraw(case: Case, kinds: Collection[TaskKind]) -> int:
    """Withdraw the incident's open tasks of these kinds; they never speak again.

    Returns how many there were. Each stands on the timeline.
    """
    open_ones = followups.open_tasks_of(case.tx, case.id)
    wanted = [task.id for task in open_ones if task.kind in kinds]
    withdrawn = followups.move_tasks(case.tx, wanted, TaskState.OPEN, TaskState.WITHDRAWN)
    for task in withdrawn:
        timers.cancel(case.tx, TimerKind.TASK_DUE, task.id)
        case.record(
            EntryKind.TASK_WITHDRAWN,
            task=task.id,
            assignee=task.assignee,
            text=task.text,
            follow_up=task.kind is TaskKind.FOLLOW_UP,
        )
    keep_true_of(case, Change.TASK, *(task.id for task in withdrawn))
    return len(withdrawn)


def restore(case: Case) -> int:
    """Have tasks that ended with the incident be open again, with fresh timers.

    Follow-ups stay withdrawn: the next resolution plans them anew.
    """
    there = followups.tasks_of(case.tx, case.id)
    wanted = [task.id for task in there if task.kind is TaskKind.TASK]
    restored = followups.move_tasks(case.tx, wanted, TaskState.WITHDRAWN, TaskState.OPEN)
    for task in restored:
        fresh_times(case, task)
        case.record(EntryKind.TASK_RESTORED, task=task.id, assignee=task.assignee, text=task.text)
    keep_true_of(case, Change.TASK, *(task.id for task in restored))
    return len(restored)
