"""What happens when a timer fires: one transaction with its own end."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.act import Act, by_the_bot
from bot.domain.clockwork import is_late
from bot.domain.duework import DeliveryKind, Priority, TimerKind
from bot.domain.lifecycle import OPEN
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services import paging, rooms
from bot.services.case import Case, personal
from bot.services.followups import BEFORE, DUE
from bot.store import followups, incidents, outbox, timers
from bot.store.database import Database
from bot.store.tables import Incident
from bot.store.tables.states import ReminderState, TaskState
from bot.store.timers import DueWork, NewTimer
from bot.store.transaction import Transaction

OVERDUE_AGAIN = timedelta(days=1)
AN_UPDATE = frozenset(
    {EntryKind.UPDATE, EntryKind.STATE, EntryKind.SEVERITY, EntryKind.RESOLVED, EntryKind.REOPENED}
)
"""What sets the time of the next update anew."""


class Fenced(Exception):
    """Somebody else has this work by now; what was done here is rolled back."""


def fire(db: Database, policy: Policy, work: DueWork, now: datetime) -> None:
    """Do what is due. Its effects and its end commit together, or not at all."""
    try:
        with db.transaction() as tx:
            _lock(tx, work)
            if not timers.finish(tx, work):
                raise Fenced
            _HANDLERS[work.kind](tx, policy, by_the_bot(work.workspace, now), work)
    except Fenced:
        return


def _lock(tx: Transaction, work: DueWork) -> None:
    """Its incident (or its reminder) first, as every service does: an answer that withdraws this
    work at the same time waits, or is waited for, and nobody deadlocks."""
    if work.incident_id is not None:
        incidents.lock(tx, work.incident_id)
    elif work.kind is TimerKind.REMINDER:
        followups.lock_reminder(tx, work.subject)


def _page_step(tx: Transaction, policy: Policy, act: Act, work: DueWork) -> None:
    paging.step_due(tx, policy, act, work.subject, work.due_at)


def _last_update(tx: Transaction, incident: Incident) -> datetime:
    """When something was last said of it; a snooze says nothing."""
    entries = incidents.timeline(tx, incident.id)
    told = (entry.at for entry in entries if entry.kind in AN_UPDATE)
    return max(told, default=incident.opened_at)


def _room_repair(tx: Transaction, _policy: Policy, act: Act, work: DueWork) -> None:
    rooms.repair_due(tx, act, work.subject)


def _update_due(tx: Transaction, policy: Policy, act: Act, work: DueWork) -> None:
    """No update for too long: the owner is asked, or whoever is on duty where there is none."""
    incident = incidents.lock(tx, work.subject)
    if incident is None or incident.state not in OPEN:
        return
    case = Case(tx, act, incident)
    told = [incident.owner] if incident.owner else list(policy.managers_on_duty[:1])
    due = incident.update_due_at or work.due_at
    since = _last_update(tx, incident)
    for user in told:
        case.tell(
            DeliveryKind.UPDATE_REMINDER,
            user,
            case.id,
            f"update-due:{case.id}:{work.occurrence}:{user}",
            since=since.isoformat(),
            due=due.isoformat(),
            late=is_late(work.due_at, act.now),
        )
    again = act.now + timedelta(seconds=incident.update_every)
    case.plan(NewTimer(TimerKind.UPDATE_DUE, case.id, again.isoformat(), again, case.id))
    case.card_changed()
    case.put_down()


def _reminder(tx: Transaction, _policy: Policy, act: Act, work: DueWork) -> None:
    spoken = followups.change_reminder(
        tx, work.subject, [ReminderState.WAITING], {"state": ReminderState.SPOKEN}
    )
    reminder = followups.reminder(tx, work.subject)
    if not spoken or reminder is None:
        return
    outbox.enqueue(
        tx,
        act.workspace,
        act.now,
        [
            personal(
                DeliveryKind.REMINDER,
                reminder.owner,
                reminder.id,
                f"reminder:{reminder.id}:{work.occurrence}",
                incident_id=reminder.incident_id,
            )
        ],
    )


def _task_due(tx: Transaction, _policy: Policy, act: Act, work: DueWork) -> None:
    """Before a task is due, when it is, and every day that it is overdue."""
    task = followups.task(tx, work.subject)
    if task is None or task.state is not TaskState.OPEN:
        return
    outbox.enqueue(
        tx,
        act.workspace,
        act.now,
        [
            personal(
                DeliveryKind.TASK_REMINDER,
                task.assignee,
                task.id,
                f"task:{task.id}:{work.occurrence}",
                incident_id=task.incident_id,
                priority=Priority.REMINDER,
                late=is_late(work.due_at, act.now),
            )
        ],
    )
    if work.occurrence != BEFORE:
        again = act.now + OVERDUE_AGAIN
        timer = NewTimer(
            TimerKind.TASK_DUE, task.id, f"{DUE} {again.isoformat()}", again, task.incident_id
        )
        timers.plan(tx, act.workspace, act.now, [timer])


_HANDLERS: dict[TimerKind, Callable[[Transaction, Policy, Act, DueWork], None]] = {
    TimerKind.PAGE_STEP: _page_step,
    TimerKind.UPDATE_DUE: _update_due,
    TimerKind.REMINDER: _reminder,
    TimerKind.TASK_DUE: _task_due,
    TimerKind.ROOM_REPAIR: _room_repair,
}
KNOWN_KINDS = tuple(_HANDLERS)
