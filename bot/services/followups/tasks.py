"""Tasks, follow-ups and free reminders: adding, snoozing, handing over, finishing."""

from contextlib import AbstractContextManager
from datetime import datetime

from bot.domain.access.rights import Deed, require
from bot.domain.act import Act
from bot.domain.errors import Already, BadInput, NothingToDo
from bot.domain.followups.reminder_messages import TaskReminderArgs
from bot.domain.followups.task_entries import TaskDoneEntry, TaskEntry
from bot.domain.ids import UserId, new_id, reference
from bot.domain.incidents.results import WhichTask
from bot.domain.incidents.views import Head, TaskLine
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.problems.texts import NoOpenTask
from bot.domain.recorded import follow_up
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services import views
from bot.services.access import owned_ids
from bot.services.followups.task_schedule import about_task, first_times, fresh_times, snoozed_times
from bot.services.locked import LockedIncident, lock_incident
from bot.services.staleness import edits, keep_true_of
from bot.services.stored_text import checked_text
from bot.store.access import participants
from bot.store.database import Database
from bot.store.delivery import outbox
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows
from bot.store.tables import Incident, Task
from bot.store.tables.states import ReminderState, TaskKind, TaskState
from bot.store.transaction import Transaction

LONGEST_TASK = 1_000


def add_task(
    db: Database,
    policy: Policy,
    act: Act,
    incident_id: str,
    *,
    assignee: UserId,
    text: str,
    due_at: datetime,
) -> str:
    """Give a person a task. They are told now, and reminded before it is due and afterwards."""
    text = checked_text("text", text, longest=LONGEST_TASK, of="task")
    with (
        db.transaction(act) as tx,
        lock_incident(tx, act, incident_id, Deed.TASK, ended_too=True) as locked,
    ):
        task_id = _add(locked, policy, TaskKind.TASK, assignee, text, due_at)
        locked.give_to(assignee)
        if assignee != act.user:
            locked.tell(
                DeliveryKind.TASK_REMINDER,
                assignee,
                task_id,
                f"task:{task_id}:given",
                merge_key=about_task(task_id),
                args=TaskReminderArgs(moment="given"),
            )
        locked.card_changed()
        return locked.reference


def add_follow_up(
    locked: LockedIncident, policy: Policy, owner: UserId, day: int, due_at: datetime
) -> None:
    """Plan a look back, some days after the resolution."""
    _add(locked, policy, TaskKind.FOLLOW_UP, owner, follow_up(day), due_at)


def _add(
    locked: LockedIncident,
    policy: Policy,
    kind: TaskKind,
    assignee: UserId,
    text: str,
    due_at: datetime,
) -> str:
    now = locked.act.now
    task_id = new_id(now)
    locked.add(
        tasks_and_reminders.new_task(
            task_id=task_id,
            incident_id=locked.id,
            kind=kind,
            assignee=assignee,
            text=text,
            due_at=due_at,
            by=locked.act.user,
            now=now,
        )
    )
    locked.record(
        TaskEntry(
            task=task_id,
            assignee=assignee,
            text=text,
            due_at=due_at.isoformat(),
            follow_up=kind is TaskKind.FOLLOW_UP,
        )
    )
    first_times(locked, task_id, due_at, policy.task_lead)
    return task_id


def finish_task(db: Database, act: Act, task_id: str) -> TaskLine:
    """Finish a task and return it. A second click raises NothingToDo."""
    with db.transaction(act) as tx:
        return _finish(tx, act, owned_ids.task(tx, act, task_id))


def _finish(tx: Transaction, act: Act, task: Task) -> TaskLine:
    with _take_up(tx, act, task) as locked:
        if not tasks_and_reminders.finish_task(tx, task.id, act.user, act.now):
            raise _over(locked, task.id)
        timers.cancel(tx, TimerKind.TASK_DUE, task.id)
        locked.record(TaskDoneEntry(task=task.id, text=task.text))
        keep_true_of(locked, Change.TASK, task.id)
        locked.card_changed()
        return views.task_line(task, _head(tx, act, locked.incident))


def _head(tx: Transaction, act: Act, incident: Incident) -> Head:
    return views.head_of(incident, act, invited=participants.participants(tx, incident.id))


def _over(locked: LockedIncident, task_id: str) -> NothingToDo:
    """Return an error that says what became of a task that is not open any more.

    This reads behind the incident's lock.
    """
    task = tasks_and_reminders.task(locked.tx, task_id)
    return NothingToDo("task", task.state if task else TaskState.DONE)


def finish_my_task(db: Database, act: Act, incident_id: str) -> TaskLine | WhichTask:
    """Finish this person's only task there (`/escalate done`). With several, list them instead."""
    with db.transaction(act) as tx:
        mine = [
            t for t in tasks_and_reminders.open_tasks_of(tx, incident_id) if t.assignee == act.user
        ]
        if len(mine) == 1:
            return _finish(tx, act, mine[0])
        incident = incident_rows.get(tx, incident_id)
        if incident is None or not mine:
            name = reference(incident.number) if incident else ""
            raise BadInput("task", NoOpenTask(name))
        for task in mine:
            owned_ids.task(tx, act, task.id)
        head = _head(tx, act, incident)
        lines = [views.task_line(task, head) for task in sorted(mine, key=lambda t: t.due_at)]
        return WhichTask(head.reference, tuple(lines), act.now)


def snooze_task(db: Database, act: Act, task_id: str, until: datetime) -> str:
    """Send no reminders of a task until then."""
    with db.transaction(act) as tx:
        task = owned_ids.own_task(tx, act, task_id)
        if task.state is not TaskState.OPEN:
            raise NothingToDo("task", task.state)
        timers.cancel(tx, TimerKind.TASK_DUE, task_id)
        timers.plan(tx, act.workspace, act.now, snoozed_times(task, until))
        tell_again(tx, act, Change.TASK, task_id)
        return _name(tx, task)


def hand_over_task(db: Database, act: Act, task_id: str, to: UserId, summary: str = "") -> str:
    """Give a task to another person, and tell them with a summary.

    Only the timeline stores the summary; the message reads it at send time. The timers start
    afresh, because a snooze belonged to the previous assignee.
    """
    summary = checked_text("summary", summary, needed=False)
    with db.transaction(act) as tx:
        task = owned_ids.task(tx, act, task_id)
        with _take_up(tx, act, task) as locked:
            pass_task_on(locked, task, to, summary)
            return locked.reference


def pass_task_on(locked: LockedIncident, task: Task, to: UserId, summary: str) -> None:
    """Hand over a task of the locked incident to another person, who is let in."""
    if task.assignee == to and task.state is TaskState.OPEN:
        raise NothingToDo("task", Already.WITH, to)
    if not give_on(locked, task, to, summary):
        raise _over(locked, task.id)
    locked.give_to(to)
    locked.card_changed()


def give_on(locked: LockedIncident, task: Task, to: UserId, summary: str = "") -> bool:
    """Move a task to another person and tell them; False if it is not open any more."""
    if not tasks_and_reminders.hand_over_task(locked.tx, task.id, to):
        return False
    fresh_times(locked, task)
    seq = locked.record(
        TaskEntry(
            task=task.id,
            assignee=to,
            text=task.text,
            due_at=task.due_at.isoformat(),
            follow_up=task.kind is TaskKind.FOLLOW_UP,
            summary=summary,
        )
    )
    keep_true_of(locked, Change.TASK, task.id)
    key = f"task:{task.id}:given:{to}:{locked.act.now.timestamp()}"
    merge = about_task(task.id)
    args = TaskReminderArgs(moment="given", seq=seq)
    locked.tell(DeliveryKind.TASK_REMINDER, to, task.id, key, merge, args)
    return True


def _take_up(tx: Transaction, act: Act, task: Task) -> AbstractContextManager[LockedIncident]:
    """Lock a task's incident for its assignee, or for a person who may give tasks there."""
    deed = Deed.FINISH if act.user == task.assignee else Deed.TASK
    return lock_incident(tx, act, task.incident_id, deed, ended_too=True)


def _name(tx: Transaction, task: Task) -> str:
    incident = incident_rows.get(tx, task.incident_id)
    return reference(incident.number) if incident else ""


def add_reminder(
    db: Database, act: Act, *, text: str, due_at: datetime, incident_id: str | None = None
) -> str:
    """Remind this person later; return the reminder's id. It is private: no timeline records it."""
    if incident_id is None:
        require(act, Deed.REMIND)
    text = checked_text("text", text, longest=LONGEST_TASK, of="reminder")
    with db.transaction(act) as tx:
        reminder_id = new_id(act.now)
        row = tasks_and_reminders.new_reminder(
            reminder_id=reminder_id,
            incident_id=incident_id,
            owner=act.user,
            text=text,
            due_at=due_at,
            now=act.now,
        )
        timer = NewTimer(TimerKind.REMINDER, reminder_id, "0", due_at, None)
        if incident_id is None:
            tasks_and_reminders.add_reminder(tx, act.workspace, row)
            timers.plan(tx, act.workspace, act.now, [timer])
            return reminder_id
        with lock_incident(tx, act, incident_id, Deed.REMIND, ended_too=True) as locked:
            locked.add(row)
            locked.plan(timer)
    return reminder_id


def snooze_reminder(db: Database, act: Act, reminder_id: str, until: datetime) -> datetime:
    """Keep a reminder silent until then; return that time."""
    with db.transaction(act) as tx:
        reminder = owned_ids.reminder(tx, act, reminder_id)
        if not tasks_and_reminders.snooze_reminder(tx, reminder, until):
            raise NothingToDo("reminder", Already.OVER)
        timers.cancel(tx, TimerKind.REMINDER, reminder_id)
        timers.plan(
            tx,
            act.workspace,
            act.now,
            [NewTimer(TimerKind.REMINDER, reminder_id, str(reminder.times + 1), until, None)],
        )
        tell_again(tx, act, Change.REMINDER, reminder_id)
    return until


def end_reminder(db: Database, act: Act, reminder_id: str, state: ReminderState) -> None:
    """Finish or stop a reminder; it is never sent again."""
    with db.transaction(act) as tx:
        owned_ids.reminder(tx, act, reminder_id)
        if not tasks_and_reminders.end_reminder(tx, reminder_id, state):
            raise NothingToDo("reminder", Already.OVER)
        timers.cancel(tx, TimerKind.REMINDER, reminder_id)
        tell_again(tx, act, Change.REMINDER, reminder_id)


def tell_again(tx: Transaction, act: Act, change: Change, subject: str) -> None:
    """Have the messages about a task or a reminder edited, without locking an incident."""
    outbox.enqueue(tx, act.workspace, act.now, edits(tx, act, change, [subject]))
