"""What happens when a timer fires: one transaction with its own end."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bot.domain.act import Act, Workspace, by_the_bot
from bot.domain.followups.cadence import is_late
from bot.domain.followups.update_requests import whom_to_ask
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.access.belonging import who_answers
from bot.services.access.readers import askable, readers
from bot.services.addressing import personal
from bot.services.channels import channel
from bot.services.followups.task_schedule import BEFORE, about_task, next_time, silent_once_overdue
from bot.services.locked import LockedIncident
from bot.services.paging import runs
from bot.services.staleness import edits, keep_true_of
from bot.store.access import participants
from bot.store.database import Database
from bot.store.delivery import outbox
from bot.store.duework import timers
from bot.store.duework.timers import DueWork, NewTimer
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows, timeline
from bot.store.people import people_and_groups
from bot.store.sql.locking import lock_free, lock_in_order
from bot.store.tables import Incident, Reminder, Task
from bot.store.tables.states import TaskState
from bot.store.transaction import Transaction

AN_UPDATE = frozenset(
    {EntryKind.UPDATE, EntryKind.STATE, EntryKind.SEVERITY, EntryKind.RESOLVED, EntryKind.REOPENED}
)
"""What sets the time of the next update anew."""


class Fenced(Exception):
    """Somebody else has this work by now; what was done here is rolled back."""


def fire(db: Database, policy: Policy, work: DueWork, now: datetime) -> None:
    """Do what is due. Its effects and its end commit together, or not at all."""
    if work.kind in TOGETHER:
        fire_together(db, [work], now)
        return
    try:
        with db.transaction() as tx:
            # First, as every service does: an answer that withdraws this work at the same time
            # waits, or is waited for, and nobody deadlocks.
            incident = incident_rows.lock(tx, work.incident_id) if work.incident_id else None
            if not timers.finish(tx, work):
                raise Fenced
            if incident is not None:
                locked = LockedIncident(tx, by_the_bot(work.workspace, now), incident)
                _ALONE[work.kind](locked, policy, work)
                locked.put_down()
    except Fenced:
        return


def fire_together(db: Database, works: Sequence[DueWork], now: datetime) -> None:
    """Do claimed work of kinds that are in `TOGETHER`: all of it commits, or none."""
    with db.transaction() as tx:
        _lock(tx, works)
        _do_together(tx, timers.finish_all(tx, works), now)


class Fired(NamedTuple):
    """What was done, and whether something was left to be claimed and done alone."""

    done: list[DueWork]
    left: bool


def fire_due(db: Database, *, now: datetime, real: datetime, limit: int) -> Fired:
    """Do what is due of the kinds in `TOGETHER`: all of it commits, or none.

    Nothing of it leaves the database, so nothing has to be claimed first. The work is locked
    before what it is about, the other way round than elsewhere; so nothing here waits for such a
    lock, and nobody deadlocks. What somebody changes at this moment is left.
    """
    with db.transaction() as tx:
        held = timers.hold(tx, now=now, real=real, limit=limit, kinds=TOGETHER)
        free = _free(tx, held)
        timers.end(tx, free)
        _do_together(tx, free, now)
    return Fired(free, left=len(free) < len(held))


def _free(tx: Transaction, held: Sequence[DueWork]) -> list[DueWork]:
    """Leave out what is about something that somebody else has locked, or that is gone."""
    about, reminders = _subjects(held)
    incidents_free = lock_free(tx, Incident, about)
    reminders_free = lock_free(tx, Reminder, reminders)
    return [
        work
        for work in held
        if (work.incident_id is None or work.incident_id in incidents_free)
        and (work.kind is not TimerKind.REMINDER or work.subject in reminders_free)
    ]


def _do_together(tx: Transaction, ours: Sequence[DueWork], now: datetime) -> None:
    sorts: dict[tuple[TimerKind, Workspace], list[DueWork]] = {}
    for work in ours:
        sorts.setdefault((work.kind, work.workspace), []).append(work)
    for (kind, workspace), works in sorts.items():
        _TOGETHER[kind](tx, by_the_bot(workspace, now), works)


def _lock(tx: Transaction, works: Sequence[DueWork]) -> None:
    """What they are about, before themselves, as every service does."""
    about, reminders = _subjects(works)
    lock_in_order(tx, Incident, about)
    lock_in_order(tx, Reminder, reminders)


def _subjects(works: Sequence[DueWork]) -> tuple[set[str], set[str]]:
    """The incidents, and the reminders, that this work is about."""
    about = {work.incident_id for work in works if work.incident_id is not None}
    return about, {work.subject for work in works if work.kind is TimerKind.REMINDER}


def _page_step(locked: LockedIncident, policy: Policy, work: DueWork) -> None:
    if runs.step_due(locked, policy, work.subject, work.due_at):
        keep_true_of(locked, Change.WENT_ON, work.subject)


def last_update(tx: Transaction, incident: Incident) -> datetime:
    """When something was last said of it; a snooze says nothing."""
    entries = timeline.timeline(tx, incident.id)
    told = (entry.at for entry in entries if entry.kind in AN_UPDATE)
    return max(told, default=incident.opened_at)


def _room_repair(locked: LockedIncident, _policy: Policy, _work: DueWork) -> None:
    channel.repair_due(locked)


def _update_due(locked: LockedIncident, policy: Policy, work: DueWork) -> None:
    """No update for too long: one of the people who answer for the incident is asked.

    Only a person who may read it is asked; where none is left, the next time is planned all the
    same.
    """
    incident, now = locked.incident, locked.act.now
    if incident.state not in OPEN:
        return
    since = last_update(locked.tx, incident)
    user = _asked_for_update(locked, policy, since)
    if user is not None:
        due = incident.update_due_at or work.due_at
        keep_true_of(locked, Change.AGAIN, locked.id)
        locked.tell(
            DeliveryKind.UPDATE_REMINDER,
            user,
            locked.id,
            f"update-due:{locked.id}:{work.occurrence}:{user}",
            merge_key=f"update-due:{locked.id}:{user}",
            since=since.isoformat(),
            due=due.isoformat(),
            late=is_late(work.due_at, now),
        )
    again = now + timedelta(seconds=incident.update_every)
    locked.plan(NewTimer(TimerKind.UPDATE_DUE, locked.id, again.isoformat(), again, locked.id))
    locked.card_changed()


def _asked_for_update(locked: LockedIncident, policy: Policy, since: datetime) -> str | None:
    invited = participants.participants(locked.tx, locked.id)
    people_in_charge = askable(locked.tx, policy, locked.incident, invited)
    gone = people_and_groups.gone(locked.tx, locked.act.workspace, people_in_charge.everyone)
    may_read = readers(locked.incident, invited, gone.__contains__)
    # This one is done already, within this transaction.
    turn = timers.count_done(locked.tx, TimerKind.UPDATE_DUE, locked.id, since) - 1
    return whom_to_ask(people_in_charge, may_read, turn)


def _reminders(tx: Transaction, act: Act, works: Sequence[DueWork]) -> None:
    """Whoever is done with one, stopped or snoozed it meanwhile, hears nothing."""
    spoken = tasks_and_reminders.speak(tx, [work.subject for work in works])
    messages = []
    for work in works:
        reminder = spoken.pop(work.subject, None)
        if reminder is not None:
            key = f"reminder:{reminder.id}:{work.occurrence}"
            messages.append(
                personal(
                    DeliveryKind.REMINDER,
                    reminder.owner,
                    reminder.id,
                    key,
                    incident_id=reminder.incident_id,
                )
            )
    messages += edits(tx, act, Change.AGAIN, [work.subject for work in works])
    outbox.enqueue(tx, act.workspace, act.now, messages)


def _tasks_due(tx: Transaction, act: Act, works: Sequence[DueWork]) -> None:
    """Before a task is due, when it is, and every day that it is overdue.

    A task speaks once, however many of its moments have passed. Where its person has left Slack,
    whoever answers for the incident is told, to hand it over.
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
    # A clock that was set back since does not make what has spoken speak again.
    planned = [
        next_time(task, max(act.now, work.due_at))
        for work, task in still_open
        if work.occurrence != BEFORE
    ]
    timers.plan(tx, act.workspace, act.now, planned)
    instead = _instead_of_gone(tx, act, [task for _, task in still_open])
    messages = []
    for work, task in still_open:
        args: dict[str, Any] = {"late": is_late(work.due_at, act.now)}
        told = instead.get(task.id, task.assignee)
        if told != task.assignee:
            args["instead_of"] = task.assignee
        key = f"task:{task.id}:{work.occurrence}"
        messages.append(
            personal(
                DeliveryKind.TASK_REMINDER,
                told,
                task.id,
                key,
                incident_id=task.incident_id,
                merge_key=about_task(task.id),
                **args,
            )
        )
    # Its card says so from now on.
    overdue = {task.incident_id for _, task in still_open if task.due_at <= act.now}
    messages += [
        LockedIncident(tx, act, incident).card_change()
        for incident in incident_rows.get_many(tx, overdue).values()
        if not incident.drill
    ]
    messages += edits(tx, act, Change.AGAIN, [task.id for _, task in still_open])
    # All of them at once: lanes are woken in one order.
    outbox.enqueue(tx, act.workspace, act.now, messages)


def _instead_of_gone(tx: Transaction, act: Act, due: Sequence[Task]) -> dict[str, str]:
    """Return, by task, who is told in place of a person who has left; nobody, where all have."""
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


_ALONE: dict[TimerKind, Callable[[LockedIncident, Policy, DueWork], None]] = {
    TimerKind.PAGE_STEP: _page_step,
    TimerKind.UPDATE_DUE: _update_due,
    TimerKind.ROOM_REPAIR: _room_repair,
}
_TOGETHER: dict[TimerKind, Callable[[Transaction, Act, Sequence[DueWork]], None]] = {
    TimerKind.REMINDER: _reminders,
    TimerKind.TASK_DUE: _tasks_due,
}
TOGETHER = tuple(_TOGETHER)
"""Kinds of which many are done in one transaction: they write a row each, and lock little."""
ALONE = tuple(_ALONE)
KNOWN_KINDS = (*_ALONE, *_TOGETHER)
