"""Tasks, follow-ups and free reminders."""

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
from bot.store.tables.states import ReminderState, TaskState
from bot.store.transaction import Transaction, core


def task(tx: Transaction, task_id: str) -> Task | None:
    return tx.first(select_rows(Task).where(col(Task.id) == task_id))


def tasks_of(tx: Transaction, incident_id: str) -> list[Task]:
    """Return every task of an incident, done ones too."""
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
    """Move tasks that are still `was`; return those, the first due first."""
    moved = update(Task).where(col(Task.id).in_(task_ids), col(Task.state) == was)
    told = tx.execute(moved.values(state=to).returning(col(Task.id)))
    return sorted(tasks(tx, told.scalars().all()).values(), key=lambda task: task.due_at)


def hand_over_task(tx: Transaction, task_id: str, to: str) -> bool:
    """Give an open task to somebody else; False when it is done."""
    still_open = (col(Task.id) == task_id, col(Task.state) == TaskState.OPEN)
    return tx.changed(update(Task).where(*still_open).values(assignee=to)) == 1


def snoozed_until(tx: Transaction, task_id: str, begins: Sequence[str]) -> datetime | None:
    """Return until when a task was put off; None when it was not, or has spoken since.

    `begins` is how the occurrence of such a timer does.
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
    """Return a person's waiting reminders, the first due first, and how many there are in all."""
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
    """A reminder that waited and speaks now."""

    id: str
    owner: str
    incident_id: str | None


def speak(tx: Transaction, ids: Collection[str]) -> dict[str, Spoken]:
    """Have reminders speak that still wait; return those, by id."""
    rows = tx.listed(_speak(tx.dialect), ids=list(ids))
    return {row[0]: Spoken(*row) for row in rows}


def tasks(tx: Transaction, ids: Collection[str]) -> dict[str, Task]:
    return {task.id: task for task in tx.all(_TASKS.params(ids=list(ids)))}


def change_reminder(
    tx: Transaction,
    reminder_id: str,
    was: Collection[ReminderState],
    values: Mapping[str, Any],
    times: int | None = None,
) -> bool:
    """Change a reminder that is still in one of the states `was`, and set as it was then."""
    seen = [col(Reminder.id) == reminder_id, col(Reminder.state).in_(list(was))]
    if times is not None:
        seen.append(col(Reminder.times) == times)
    return tx.changed(update(Reminder).where(*seen).values(**values)) == 1
