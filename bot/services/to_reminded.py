"""What reminds one person: before it is sent, and of what stands already (see `to_people`)."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.domain.asking import whom_to_ask
from bot.domain.clockwork import is_late
from bot.domain.ids import ReminderId, UserId
from bot.domain.messages import (
    Outcome,
    ReminderMessage,
    TaskReminder,
    UpdateReminder,
)
from bot.policy import Policy
from bot.services import views
from bot.services.asking import askable, readers
from bot.services.duework import last_update
from bot.services.letters import Letter, Moot, Prepared
from bot.services.shelf import Shelf
from bot.services.task_times import SNOOZED
from bot.services.to_people import (
    KEPT_OUT,
    NO_INCIDENT,
    answering,
    first_left,
    for_person,
    kept_out,
    reader_of,
    said_again,
)
from bot.store import followups, incidents
from bot.store.claims import Claimed
from bot.store.tables import Incident, Reminder, Task
from bot.store.tables.states import ReminderState, TaskState


def reminder(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    row = followups.reminder(shelf.tx, claimed.subject)
    if row is None or row.state is not ReminderState.SPOKEN:
        return Moot("done, stopped or snoozed meanwhile")
    if shelf.kept_out(claimed.workspace, row.owner):
        return KEPT_OUT
    view = replace(_reminder(shelf, row), late=is_late(row.due_at, now))
    return Letter(view, person=row.owner)


def reminder_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    row = followups.reminder(shelf.tx, claimed.subject)
    if row is None:
        return Moot("no such reminder")
    outcome = _outcome_of_reminder(shelf, claimed, row)
    until = row.due_at if outcome is Outcome.SNOOZED else None
    return Letter(replace(_reminder(shelf, row), outcome=outcome, until=until))


def _reminder(shelf: Shelf, row: Reminder) -> ReminderMessage:
    incident = shelf.incident(row.incident_id) if row.incident_id else None
    return ReminderMessage(
        id=ReminderId(row.id),
        text=row.text,
        due_at=row.due_at,
        late=False,
        head=for_person(shelf, incident, row.owner) if incident else None,
        asked_by=UserId(row.created_by) if row.created_by != row.owner else None,
    )


def _outcome_of_reminder(shelf: Shelf, claimed: Claimed, row: Reminder) -> Outcome | None:
    if said_again(shelf, claimed):
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


def task(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    row = followups.task(shelf.tx, claimed.subject)
    incident = shelf.incident(row.incident_id) if row else None
    if row is None or incident is None or row.state is not TaskState.OPEN:
        return Moot("done or withdrawn meanwhile")
    # Not once it has been handed over since.
    instead = claimed.target if claimed.args.get("instead_of") == row.assignee else None
    others = (*answering(shelf, incident), *policy.managers_on_duty)
    reader = first_left(shelf, incident, (instead or row.assignee, *others))
    if reader is None:
        return KEPT_OUT
    late = bool(claimed.args.get("late"))
    view = _task(shelf, claimed, row, incident, reader, now)
    return Letter(replace(view, late=late), person=reader)


def task_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    row = followups.task(shelf.tx, claimed.subject)
    incident = shelf.incident(row.incident_id) if row else None
    if row is None or incident is None:
        return Moot("no such task")
    reader = reader_of(claimed)
    view = _task(shelf, claimed, row, incident, reader, now)
    until = followups.snoozed_until(shelf.tx, row.id, SNOOZED)
    outcome = None
    if said_again(shelf, claimed):
        outcome = Outcome.REPEATED
    elif row.state is not TaskState.OPEN:
        outcome = Outcome.DONE if row.state is TaskState.DONE else Outcome.WITHDRAWN
    elif row.assignee not in (reader, claimed.args.get("instead_of")):
        outcome = Outcome.PASSED_ON
    elif until is not None:
        outcome = Outcome.SNOOZED
    return Letter(replace(view, outcome=outcome, until=until))


def _task(
    shelf: Shelf, claimed: Claimed, row: Task, incident: Incident, reader: str, now: datetime
) -> TaskReminder:
    line = views.task_line(row, for_person(shelf, incident, reader))
    view = TaskReminder(line, now, instead=reader != row.assignee)
    return _as_given(shelf, view, row, claimed)


def _as_given(shelf: Shelf, view: TaskReminder, row: Task, claimed: Claimed) -> TaskReminder:
    """Add who gave the task to the person who has it now; to the first message about it also what
    was said, if they may know."""
    if not view.task.head.full or view.instead:
        return view
    given = incidents.task_given(shelf.tx, row.incident_id, row.id)
    by = given.actor if given is not None else row.created_by
    seq = claimed.args.get("seq")
    # One that was handed over since is another person's.
    new = claimed.args.get("moment") == "given" and seq in (None, given.seq if given else None)
    view = replace(view, by=UserId(by) if by != row.assignee else None, new=new)
    return replace(view, summary=given.data.get("summary", "")) if new and given else view


def update_due(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or incident.ended_at is not None or claimed.target is None:
        return Moot("the escalation has ended")
    if incident.update_due_at is None or incident.update_due_at > now:
        return Moot("updated, snoozed or stopped meanwhile")
    reader = _asked_now(shelf, policy, incident, claimed.target)
    if reader is None:
        return KEPT_OUT
    late = bool(claimed.args.get("late"))
    return Letter(replace(_update(shelf, claimed, incident, reader), late=late), person=reader)


def _asked_now(shelf: Shelf, policy: Policy, incident: Incident, planned: str) -> str | None:
    """The person whose turn it was, unless the incident has an owner by now or they are kept out.

    Only a person who may read it is told.
    """
    invited = shelf.participants(incident.id)
    may_read = readers(incident, invited, partial(kept_out, shelf, incident))
    if incident.owner is None and may_read(planned):
        return planned
    return whom_to_ask(askable(shelf.tx, policy, incident, invited), may_read)


def update_due_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None:
        return NO_INCIDENT
    view = _update(shelf, claimed, incident, reader_of(claimed))
    updated = last_update(shelf.tx, incident)
    due = incident.update_due_at
    outcome, until = None, None
    if said_again(shelf, claimed):
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
    return Letter(replace(view, outcome=outcome, until=until, updated_at=updated))


def _update(shelf: Shelf, claimed: Claimed, incident: Incident, reader: str) -> UpdateReminder:
    return UpdateReminder(
        head=for_person(shelf, incident, reader),
        last_update_at=datetime.fromisoformat(claimed.args["since"]),
        due_at=datetime.fromisoformat(claimed.args["due"]),
    )
