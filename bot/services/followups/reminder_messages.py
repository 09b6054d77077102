"""Looks up the messages that remind one person of something, a task, or an overdue update."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.domain.followups.cadence import is_late
from bot.domain.followups.reminder_messages import (
    Outcome,
    ReminderMessage,
    TaskReminder,
    TaskReminderArgs,
    UpdateReminder,
    UpdateReminderArgs,
)
from bot.domain.followups.update_requests import whom_to_ask
from bot.domain.ids import ReminderId, UserId
from bot.policy import Policy
from bot.services import views
from bot.services.access.readers import askable, readers
from bot.services.delivery.content import Content, MessageContent, NothingToSay
from bot.services.followups.due_updates import last_update
from bot.services.followups.task_schedule import SNOOZED
from bot.services.lookups import Lookups
from bot.services.people.person_messages import (
    KEPT_OUT,
    NO_INCIDENT,
    answering,
    first_left,
    for_person,
    kept_out,
    reader_of,
    said_again,
)
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import timeline
from bot.store.tables import Incident, Reminder, Task
from bot.store.tables.states import ReminderState, TaskState


def reminder(
    lookups: Lookups, _policy: Policy, claimed: Claimed, now: datetime
) -> Content[ReminderMessage]:
    row = tasks_and_reminders.reminder(lookups.tx, claimed.subject)
    if row is None or row.state is not ReminderState.SPOKEN:
        return NothingToSay("done, stopped or snoozed meanwhile")
    if lookups.kept_out(claimed.workspace, row.owner):
        return KEPT_OUT
    view = replace(_reminder(lookups, row), late=is_late(row.due_at, now))
    return MessageContent(view, person=row.owner)


def reminder_stands(
    lookups: Lookups, _policy: Policy, claimed: Claimed, _now: datetime
) -> Content[ReminderMessage]:
    row = tasks_and_reminders.reminder(lookups.tx, claimed.subject)
    if row is None:
        return NothingToSay("no such reminder")
    outcome = _outcome_of_reminder(lookups, claimed, row)
    until = row.due_at if outcome is Outcome.SNOOZED else None
    return MessageContent(replace(_reminder(lookups, row), outcome=outcome, until=until))


def _reminder(lookups: Lookups, row: Reminder) -> ReminderMessage:
    incident = lookups.incident(row.incident_id) if row.incident_id else None
    return ReminderMessage(
        id=ReminderId(row.id),
        text=row.text,
        due_at=row.due_at,
        late=False,
        head=for_person(lookups, incident, row.owner) if incident else None,
        asked_by=UserId(row.created_by) if row.created_by != row.owner else None,
    )


def _outcome_of_reminder(lookups: Lookups, claimed: Claimed, row: Reminder) -> Outcome | None:
    if said_again(lookups, claimed):
        return Outcome.REPEATED
    match row.state:
        case ReminderState.DONE:
            return Outcome.DONE
        case ReminderState.WAITING:
            return Outcome.SNOOZED
        case ReminderState.SPOKEN:
            return None
        case _:
            return Outcome.STOPPED


def task_reminder(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[TaskReminderArgs], now: datetime
) -> Content[TaskReminder]:
    row = tasks_and_reminders.task(lookups.tx, claimed.subject)
    incident = lookups.incident(row.incident_id) if row else None
    if row is None or incident is None or row.state is not TaskState.OPEN:
        return NothingToSay("done or withdrawn meanwhile")
    # Only if the task has not been handed over since.
    instead = claimed.target if claimed.args.instead_of == row.assignee else None
    others = (*answering(lookups, incident), *policy.managers_on_duty)
    reader = first_left(lookups, incident, (instead or row.assignee, *others))
    if reader is None:
        return KEPT_OUT
    late = bool(claimed.args.late)
    view = _task(lookups, claimed, row, incident, reader, now)
    return MessageContent(replace(view, late=late), person=reader)


def task_reminder_stands(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[TaskReminderArgs], now: datetime
) -> Content[TaskReminder]:
    row = tasks_and_reminders.task(lookups.tx, claimed.subject)
    incident = lookups.incident(row.incident_id) if row else None
    if row is None or incident is None:
        return NothingToSay("no such task")
    reader = reader_of(claimed)
    view = _task(lookups, claimed, row, incident, reader, now)
    until = tasks_and_reminders.snoozed_until(lookups.tx, row.id, SNOOZED)
    outcome = None
    if said_again(lookups, claimed):
        outcome = Outcome.REPEATED
    elif row.state is not TaskState.OPEN:
        outcome = Outcome.DONE if row.state is TaskState.DONE else Outcome.WITHDRAWN
    elif row.assignee not in (reader, claimed.args.instead_of):
        outcome = Outcome.PASSED_ON
    elif until is not None:
        outcome = Outcome.SNOOZED
    return MessageContent(replace(view, outcome=outcome, until=until))


def _task(
    lookups: Lookups,
    claimed: ClaimOf[TaskReminderArgs],
    row: Task,
    incident: Incident,
    reader: str,
    now: datetime,
) -> TaskReminder:
    line = views.task_line(row, for_person(lookups, incident, reader))
    view = TaskReminder(line, now, instead=reader != row.assignee)
    return _as_given(lookups, view, row, claimed)


def _as_given(
    lookups: Lookups, view: TaskReminder, row: Task, claimed: ClaimOf[TaskReminderArgs]
) -> TaskReminder:
    """Add who gave the task, for its present assignee; on the first message about it, also add the
    summary that came with it, if they may read it."""
    if not view.task.head.full or view.instead:
        return view
    given = timeline.task_given(lookups.tx, row.incident_id, row.id)
    by = given.actor if given is not None else row.created_by
    args = claimed.args
    # After a hand-over since, the message is about another person's turn.
    new = args.moment == "given" and args.seq in (None, given.seq if given else None)
    view = replace(view, by=UserId(by) if by != row.assignee else None, new=new)
    return replace(view, summary=given.data.get("summary", "")) if new and given else view


def update_reminder(
    lookups: Lookups, policy: Policy, claimed: ClaimOf[UpdateReminderArgs], now: datetime
) -> Content[UpdateReminder]:
    incident = lookups.incident(claimed.subject)
    if incident is None or incident.ended_at is not None or claimed.target is None:
        return NothingToSay("the escalation has ended")
    if incident.update_due_at is None or incident.update_due_at > now:
        return NothingToSay("updated, snoozed or stopped meanwhile")
    reader = _asked_now(lookups, policy, incident, claimed.target)
    if reader is None:
        return KEPT_OUT
    late = claimed.args.late
    return MessageContent(
        replace(_update(lookups, claimed, incident, reader), late=late), person=reader
    )


def _asked_now(lookups: Lookups, policy: Policy, incident: Incident, planned: str) -> str | None:
    """Return the person whose turn it was; another, if the incident has an owner by now or that
    person may not read it.

    Only a person who may read it is asked.
    """
    invited = lookups.participants(incident.id)
    may_read = readers(incident, invited, partial(kept_out, lookups, incident))
    if incident.owner is None and may_read(planned):
        return planned
    return whom_to_ask(askable(lookups.tx, policy, incident, invited), may_read)


def update_reminder_stands(
    lookups: Lookups, _policy: Policy, claimed: ClaimOf[UpdateReminderArgs], now: datetime
) -> Content[UpdateReminder]:
    incident = lookups.incident(claimed.subject)
    if incident is None:
        return NO_INCIDENT
    view = _update(lookups, claimed, incident, reader_of(claimed))
    updated = last_update(lookups.tx, incident)
    due = incident.update_due_at
    outcome, until = None, None
    if said_again(lookups, claimed):
        outcome = Outcome.REPEATED
    elif incident.ended_at is not None:
        outcome = Outcome.ENDED
    elif updated > view.last_update_at:
        outcome = Outcome.UPDATED
    elif incident.owner not in (None, reader_of(claimed)):
        outcome = Outcome.PASSED_ON
    elif due is None:
        outcome = Outcome.STOPPED
    elif due > now:
        outcome, until = Outcome.SNOOZED, due
    return MessageContent(replace(view, outcome=outcome, until=until, updated_at=updated))


def _update(
    lookups: Lookups, claimed: ClaimOf[UpdateReminderArgs], incident: Incident, reader: str
) -> UpdateReminder:
    args = claimed.args
    return UpdateReminder(
        head=for_person(lookups, incident, reader),
        last_update_at=args.since or incident.opened_at,
        due_at=args.due or claimed.wanted_at,
    )
