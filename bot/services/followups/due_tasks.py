"""Due work: remind people of tasks before they are due, when they are due, and afterwards."""

from collections.abc import Sequence

from bot.domain.act import Act
from bot.domain.followups.cadence import is_late
from bot.domain.followups.reminder_messages import TaskReminderArgs
from bot.domain.kinds import DeliveryKind
from bot.domain.staleness import Change
from bot.services.access.belonging import who_answers
from bot.services.addressing import personal
from bot.services.followups.task_schedule import BEFORE, about_task, next_time, silent_once_overdue
from bot.services.locked import LockedIncident
from bot.services.staleness import edits
from bot.store.access import participants
from bot.store.delivery import outbox
from bot.store.duework import timers
from bot.store.duework.timers import DueWork
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups
from bot.store.tables import Task
from bot.store.tables.states import TaskState
from bot.store.transaction import Transaction


def task_due(tx: Transaction, act: Act, works: Sequence[DueWork]) -> None:
    """Remind assignees before a task is due, when it is due, and every day while it is overdue.

    If several of a task's moments have passed by now, it gets one reminder. If the assignee has
    left Slack, a person who answers for the incident is told instead, to hand the task over.
    """
    found = tasks_and_reminders.tasks(tx, {work.subject for work in works})
    speaking = {
        work.subject: (work, task)
        for work in sorted(works, key=lambda work: work.due_at)
        if (task := found.get(work.subject)) is not None
        and task.state is TaskState.OPEN
        and not (silent_once_overdue(work.occurrence) and task.due_at <= act.now)
    }
    still_open = list(speaking.values())
    # Plan from the later time, so that a clock set back does not repeat a reminder.
    planned = [
        next_time(task, max(act.now, work.due_at))
        for work, task in still_open
        if work.occurrence != BEFORE
    ]
    timers.plan(tx, act.workspace, act.now, planned)
    instead = _instead_of_gone(tx, act, [task for _, task in still_open])
    messages = []
    for work, task in still_open:
        told = instead.get(task.id, task.assignee)
        args = TaskReminderArgs(
            late=is_late(work.due_at, act.now),
            instead_of=task.assignee if told != task.assignee else None,
        )
        key = f"task:{task.id}:{work.occurrence}"
        messages.append(
            personal(
                DeliveryKind.TASK_REMINDER,
                told,
                task.id,
                key,
                incident_id=task.incident_id,
                merge_key=about_task(task.id),
                args=args,
            )
        )
    # The incident's card shows the task as overdue from now on.
    overdue = {task.incident_id for _, task in still_open if task.due_at <= act.now}
    messages += [
        LockedIncident(tx, act, incident).card_change()
        for incident in incident_rows.get_many(tx, overdue).values()
        if not incident.drill
    ]
    messages += edits(tx, act, Change.AGAIN, [task.id for _, task in still_open])
    # All in one call: it wakes the lanes in one order.
    outbox.enqueue(tx, act.workspace, act.now, messages)


def _instead_of_gone(tx: Transaction, act: Act, due: Sequence[Task]) -> dict[str, str]:
    """Return, by task, who is told instead of an assignee who left; no entry if all have left."""
    gone = people_and_groups.gone(tx, act.workspace, {task.assignee for task in due})
    orphans = [task for task in due if task.assignee in gone]
    if not orphans:
        return {}
    about = incident_rows.get_many(tx, {task.incident_id for task in orphans})
    invited = participants.participants_of(tx, about)
    told = {key: who_answers(incident, invited[key]) for key, incident in about.items()}
    left = people_and_groups.gone(
        tx, act.workspace, {user for users in told.values() for user in users}
    )
    instead = {
        task.id: next((user for user in told.get(task.incident_id, ()) if user not in left), None)
        for task in orphans
    }
    return {task_id: user for task_id, user in instead.items() if user is not None}
