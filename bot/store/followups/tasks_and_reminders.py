"""Tasks, follow-ups and people's own reminders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from bot.domain.act import Workspace
from bot.domain.duework.timer_states import TimerState
from bot.domain.kinds import TimerKind
from bot.store.sql.prepared import Prepared, one_of
from bot.store.tables import Reminder, Task, Timer
from bot.store.tables.states import ReminderState, TaskKind, TaskState
from bot.store.transaction import NewRow, Transaction, core


def task(tx: Transaction, task_id: str) -> Task | None:
    return tx.first(select_rows(Task).where(col(Task.id) == task_id))


def tasks_of(tx: Transaction, incident_id: str) -> list[Task]:
    """Return all tasks of an incident, done ones too."""
    return tx.all(
        select_rows(Task)
        .where(col(Task.incident_id) == incident_id)
        .order_by(col(Task.due_at), col(Task.id))
    )


_OPEN_TASKS = Prepared(
    select_rows(Task)
    .where(col(Task.incident_id) == bindparam("incident"), col(Task.state) == TaskState.OPEN)
    .order_by(col(Task.due_at), col(Task.id))
)


def open_tasks_of(tx: Transaction, incident_id: str) -> list[Task]:
    return tx.every(Task, _OPEN_TASKS, incident=incident_id)


def open_tasks_for(
    tx: Transaction, workspace: Workspace, user: str, limit: int
) -> tuple[list[Task], int]:
    """Return a person's open tasks, the earliest first, and how many there are in all."""
    theirs = (
        col(Task.team_id) == workspace.team_id,
        col(Task.assignee) == user,
        col(Task.state) == TaskState.OPEN,
    )
    order = col(Task.due_at), col(Task.id)
    rows = tx.all(select_rows(Task).where(*theirs).order_by(*order).limit(limit))
    if len(rows) < limit:
        return rows, len(rows)
    total: int = tx.execute(select(func.count()).select_from(Task).where(*theirs)).scalar_one()
    return rows, total


def finish_task(tx: Transaction, task_id: str, by: str, now: datetime) -> bool:
    return (
        tx.changed(
            update(Task)
            .where(col(Task.id) == task_id, col(Task.state) == TaskState.OPEN)
            .values(state=TaskState.DONE, done_at=now, done_by=by)
        )
        == 1
    )


def move_tasks(
    tx: Transaction, task_ids: Collection[str], was: TaskState, to: TaskState
) -> list[Task]:
    """Change the state of tasks that are still `was`; return these, the earliest due first."""
    moved = update(Task).where(col(Task.id).in_(task_ids), col(Task.state) == was)
    told = tx.execute(moved.values(state=to).returning(col(Task.id)))
    return sorted(tasks(tx, told.scalars().all()).values(), key=lambda task: task.due_at)


def hand_over_task(tx: Transaction, task_id: str, to: str) -> bool:
    """Give an open task to another person; False if it is no longer open."""
    still_open = (col(Task.id) == task_id, col(Task.state) == TaskState.OPEN)
    return tx.changed(update(Task).where(*still_open).values(assignee=to)) == 1


def snoozed_until(tx: Transaction, task_id: str, begins: Sequence[str]) -> datetime | None:
    """Return until when a task is snoozed; None if it is not, or has sent its reminder since.

    `begins` are the prefixes of a snoozed timer's occurrence.
    """
    put_off = select(func.min(col(Timer.due_at))).where(
        col(Timer.kind) == TimerKind.TASK_DUE,
        col(Timer.subject) == task_id,
        col(Timer.state) == TimerState.DUE,
        or_(*(col(Timer.occurrence).startswith(word) for word in begins)),
    )
    until: datetime | None = tx.execute(put_off).scalar_one()
    return until


def reminder(tx: Transaction, reminder_id: str) -> Reminder | None:
    return tx.first(select_rows(Reminder).where(col(Reminder.id) == reminder_id))


def waiting_reminders(
    tx: Transaction, workspace: Workspace, owner: str, limit: int
) -> tuple[list[Reminder], int]:
    """Return a person's waiting reminders, the earliest first, and how many there are in all."""
    theirs = (
        col(Reminder.team_id) == workspace.team_id,
        col(Reminder.owner) == owner,
        col(Reminder.state) == ReminderState.WAITING,
    )
    first = select_rows(Reminder).where(*theirs).order_by(col(Reminder.due_at), col(Reminder.id))
    found = tx.all(first.limit(limit))
    if len(found) < limit:
        return found, len(found)
    count = tx.execute(select(func.count()).select_from(core(Reminder)).where(*theirs))
    return found, int(count.scalar_one())


@cache
def _speak(dialect: str) -> Prepared:
    waiting = col(Reminder.state) == ReminderState.WAITING
    spoken = update(core(Reminder)).where(one_of(dialect, col(Reminder.id), "ids"), waiting)
    told = spoken.values(state=ReminderState.SPOKEN).returning(
        col(Reminder.id), col(Reminder.owner), col(Reminder.incident_id)
    )
    return Prepared(told)


_TASKS = select_rows(Task).where(col(Task.id).in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reminder that waited and is now being sent."""

    id: str
    owner: str
    incident_id: str | None


def speak(tx: Transaction, ids: Collection[str]) -> dict[str, Spoken]:
    """Mark the reminders that still wait as spoken; return these, by id."""
    rows = tx.listed(_speak(tx.dialect), ids=list(ids))
    return {row[0]: Spoken(*row) for row in rows}


def tasks(tx: Transaction, ids: Collection[str]) -> dict[str, Task]:
    return {task.id: task for task in tx.all(_TASKS.params(ids=list(ids)))}


def new_task(
    *,
    task_id: str,
    incident_id: str,
    kind: TaskKind,
    assignee: str,
    text: str,
    due_at: datetime,
    by: str,
    now: datetime,
) -> NewRow:
    return NewRow(
        Task,
        {
            "id": task_id,
            "incident_id": incident_id,
            "kind": kind,
            "assignee": assignee,
            "text": text,
            "due_at": due_at,
            "state": TaskState.OPEN,
            "created_by": by,
            "created_at": now,
        },
    )


def new_reminder(
    *,
    reminder_id: str,
    incident_id: str | None,
    owner: str,
    text: str,
    due_at: datetime,
    now: datetime,
) -> NewRow:
    return NewRow(
        Reminder,
        {
            "id": reminder_id,
            "incident_id": incident_id,
            "owner": owner,
            "text": text,
            "due_at": due_at,
            "times": 0,
            "state": ReminderState.WAITING,
            "created_by": owner,
            "created_at": now,
        },
    )


def add_reminder(tx: Transaction, workspace: Workspace, reminder: NewRow) -> None:
    """Add a reminder that is not about an incident."""
    owner = {"team_id": workspace.team_id, "enterprise_id": workspace.enterprise_id}
    tx.insert(Reminder, {**owner, **reminder.values})


def cancel_reminder(tx: Transaction, seen: Reminder) -> bool:
    """Stop a waiting reminder; False if it no longer waits, or was changed since `seen`."""
    return _change_waiting(tx, seen, {"state": ReminderState.STOPPED})


def set_reminder(tx: Transaction, seen: Reminder, due_at: datetime, text: str) -> Reminder | None:
    """Change a waiting reminder and return it; None if it no longer waits, or was changed since
    `seen`."""
    values = {"times": seen.times + 1, "due_at": due_at, "text": text}
    return seen.model_copy(update=values) if _change_waiting(tx, seen, values) else None


def _change_waiting(tx: Transaction, seen: Reminder, values: Mapping[str, Any]) -> bool:
    as_seen = (
        col(Reminder.id) == seen.id,
        col(Reminder.state) == ReminderState.WAITING,
        col(Reminder.times) == seen.times,
    )
    return tx.changed(update(Reminder).where(*as_seen).values(**values)) == 1


def snooze_reminder(tx: Transaction, seen: Reminder, until: datetime) -> bool:
    """Make a reminder wait until then, even if it has been sent; False if it is done or stopped."""
    values = {"state": ReminderState.WAITING, "times": seen.times + 1, "due_at": until}
    return _change_unfinished(tx, seen.id, values)


def end_reminder(tx: Transaction, reminder_id: str, state: ReminderState) -> bool:
    """End a reminder for good; False if it is already done or stopped."""
    return _change_unfinished(tx, reminder_id, {"state": state})


def _change_unfinished(tx: Transaction, reminder_id: str, values: Mapping[str, Any]) -> bool:
    unfinished = col(Reminder.state).in_([ReminderState.WAITING, ReminderState.SPOKEN])
    theirs = (col(Reminder.id) == reminder_id, unfinished)
    return tx.changed(update(Reminder).where(*theirs).values(**values)) == 1
