"""What is said to one person, but for pages: before it is sent, and of what stands already.

`claimed` is the delivery to be sent. For a message that stands, it is the one that posted it, and
its target who reads it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.domain.act import Role, Workspace
from bot.domain.asking import whom_to_ask
from bot.domain.clockwork import is_late
from bot.domain.ids import ReminderId, RequestId, UserId
from bot.domain.messages import (
    AccessAnswer,
    AccessRequest,
    Assigned,
    ExhaustedMessage,
    Outcome,
    ReminderMessage,
    TaskReminder,
    Unanswered,
    Unedited,
    UpdateReminder,
)
from bot.domain.paging import RunState
from bot.domain.reading import Head
from bot.domain.visibility import Place
from bot.policy import Policy
from bot.services import views
from bot.services.access import in_charge
from bot.services.asking import askable, readers
from bot.services.duework import last_update
from bot.services.letters import Letter, Moot, Prepared
from bot.services.shelf import Shelf
from bot.services.task_times import SNOOZED
from bot.store import followups, incidents, pages, posted, requests
from bot.store.claims import Claimed
from bot.store.tables import AccessRequest as Row
from bot.store.tables import Incident, PagingRun, Reminder, Task
from bot.store.tables.states import ReminderState, RequestState, TaskState

KEPT_OUT = Moot("a guest, of another organisation, deactivated or a bot: told nothing")
"""But for pages, and that nobody acknowledged: those still go out, with the codename."""

Say = Callable[[Shelf, Policy, Claimed, datetime], Prepared]
NO_INCIDENT = Moot("no such incident")


def for_person(shelf: Shelf, incident: Incident, person: str) -> Head:
    """The incident as somebody may see it to whom the bot writes of its own accord."""
    return views.head_in(
        incident,
        Place.PERSONAL,
        reader=person,
        role=Role.VIEWER,
        invited=shelf.participants(incident.id),
        kept_out=_kept_out(shelf, incident, person),
    )


def _kept_out(shelf: Shelf, incident: Incident, person: str) -> bool:
    return shelf.kept_out(Workspace(incident.team_id, incident.enterprise_id), person)


def _first_left(shelf: Shelf, incident: Incident, people: Iterable[str]) -> str | None:
    """Return the first who is not kept out by now.

    When it was planned they may all have been there; what is due is forgotten by nobody's leaving.
    """
    return next((user for user in people if not _kept_out(shelf, incident, user)), None)


def _in_charge(shelf: Shelf, incident: Incident) -> list[str]:
    return in_charge(incident, shelf.participants(incident.id))


def _reader(claimed: Claimed) -> UserId:
    return UserId(claimed.target or "")


def _said_again(shelf: Shelf, claimed: Claimed) -> bool:
    row = shelf.posted(claimed.id)
    return row is not None and posted.was_said_again(shelf.tx, row)


# A free reminder


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
        asked_by=UserId(row.created_by),
    )


def _outcome_of_reminder(shelf: Shelf, claimed: Claimed, row: Reminder) -> Outcome | None:
    if _said_again(shelf, claimed):
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


# A task


def task(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    row = followups.task(shelf.tx, claimed.subject)
    incident = shelf.incident(row.incident_id) if row else None
    if row is None or incident is None or row.state is not TaskState.OPEN:
        return Moot("done or withdrawn meanwhile")
    # Not once it has been handed over since.
    instead = claimed.target if claimed.args.get("instead_of") == row.assignee else None
    answering = (*_in_charge(shelf, incident), *policy.managers_on_duty)
    reader = _first_left(shelf, incident, (instead or row.assignee, *answering))
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
    reader = _reader(claimed)
    view = _task(shelf, claimed, row, incident, reader, now)
    until = followups.snoozed_until(shelf.tx, row.id, SNOOZED)
    outcome = None
    if _said_again(shelf, claimed):
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
    return _with_summary(shelf, view, row, claimed)


def _with_summary(shelf: Shelf, view: TaskReminder, row: Task, claimed: Claimed) -> TaskReminder:
    """Add what was said when the task was handed over to who has it now, if the reader may know."""
    seq = claimed.args.get("seq")
    entry = incidents.entry(shelf.tx, row.incident_id, int(seq)) if seq else None
    if entry is None or not view.task.head.full or entry.data.get("assignee") != row.assignee:
        return view
    return replace(view, summary=entry.data.get("summary", ""), by=UserId(entry.actor))


# An update that is due


def update_due(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or incident.ended_at is not None or claimed.target is None:
        return Moot("the incident has ended")
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
    may_read = readers(incident, invited, partial(_kept_out, shelf, incident))
    if incident.owner is None and may_read(planned):
        return planned
    return whom_to_ask(askable(shelf.tx, policy, incident, invited), may_read)


def update_due_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None:
        return NO_INCIDENT
    view = _update(shelf, claimed, incident, _reader(claimed))
    updated = last_update(shelf.tx, incident)
    due = incident.update_due_at
    outcome, until = None, None
    if _said_again(shelf, claimed):
        outcome = Outcome.REPEATED
    elif incident.ended_at is not None:
        outcome = Outcome.ENDED
    elif updated > view.last_update_at:
        outcome = Outcome.UPDATED
    elif incident.owner not in (None, _reader(claimed)):
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


# A first step that passed


def unanswered(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    run = shelf.run(claimed.subject)
    incident = shelf.incident(run.incident_id) if run else None
    if run is None or incident is None or claimed.target is None:
        return Moot("no such run")
    if shelf.kept_out(claimed.workspace, claimed.target):
        return KEPT_OUT
    if claimed.target != incident.owner:
        return Moot("another person owns it by now")
    view = _unanswered(shelf, claimed, run, incident)
    return Letter(view, person=claimed.target) if view.asks else Moot("answered or over meanwhile")


def unanswered_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    run = shelf.run(claimed.subject)
    incident = shelf.incident(run.incident_id) if run else None
    if run is None or incident is None:
        return Moot("no such run")
    return Letter(_unanswered(shelf, claimed, run, incident))


def _unanswered(shelf: Shelf, claimed: Claimed, run: PagingRun, incident: Incident) -> Unanswered:
    told = pages.pages_of_run(shelf.tx, run.id)
    team = views.team_row(run, told)
    # What it tells of has happened: who is paged since then is said apart.
    tried = tuple(UserId(user) for user in claimed.args.get("tried", ()))
    head = for_person(shelf, incident, _reader(claimed))
    return Unanswered(head, team, tried or team.paged, ended=incident.ended_at is not None)


# Nobody acknowledged


def exhausted(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    run = shelf.run(claimed.subject)
    incident = shelf.incident(run.incident_id) if run else None
    if run is None or incident is None or claimed.target is None:
        return Moot("no such run")
    if run.state is not RunState.EXHAUSTED:
        return Moot("answered meanwhile")
    if incident.ended_at is not None:
        return Moot("the incident has ended")
    return Letter(_exhausted(shelf, claimed, run, incident), person=claimed.target)


def exhausted_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    run = shelf.run(claimed.subject)
    incident = shelf.incident(run.incident_id) if run else None
    if run is None or incident is None:
        return Moot("no such run")
    view = _exhausted(shelf, claimed, run, incident)
    again = run.state is RunState.PAGING or _said_again(shelf, claimed)
    return Letter(replace(view, again=again))


def _exhausted(
    shelf: Shelf, claimed: Claimed, run: PagingRun, incident: Incident
) -> ExhaustedMessage:
    told = pages.pages_of_run(shelf.tx, run.id)
    untold = views.unsent_of(told)
    tried = dict.fromkeys(UserId(page.target) for page in told if page.target not in untold)
    head = for_person(shelf, incident, _reader(claimed))
    ended, repeat = incident.ended_at is not None, bool(claimed.args.get("may_repeat"))
    return ExhaustedMessage(
        head, views.team_row(run, told), tuple(tried), untold, ended=ended, may_repeat=repeat
    )


# Access


def access_request(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    passed = claimed.args.get("passed", ())
    others = [user for user in _in_charge(shelf, incident) if user not in passed]
    reader = _first_left(shelf, incident, (claimed.target, *others))
    if reader is None:
        return KEPT_OUT
    row = requests.get(shelf.tx, claimed.args.get("request", ""))
    if row is None or row.state is not RequestState.OPEN:
        return Moot("answered meanwhile")
    return Letter(_access_request(shelf, row, incident, reader), person=reader)


def access_request_stands(
    shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime
) -> Prepared:
    incident = shelf.incident(claimed.subject)
    row = requests.get(shelf.tx, claimed.args.get("request", ""))
    if incident is None or row is None:
        return NO_INCIDENT
    view = _access_request(shelf, row, incident, _reader(claimed))
    by = UserId(row.answered_by) if row.answered_by else None
    return Letter(replace(view, outcome=_ANSWERS[row.state], by=by, at=row.answered_at))


_ANSWERS: Mapping[RequestState, Outcome | None] = {
    RequestState.OPEN: None,
    RequestState.GRANTED: Outcome.GRANTED,
    RequestState.REFUSED: Outcome.REFUSED,
    RequestState.LAPSED: Outcome.WITHDRAWN,
}


def _access_request(shelf: Shelf, row: Row, incident: Incident, reader: str) -> AccessRequest:
    return AccessRequest(
        id=RequestId(row.id),
        head=for_person(shelf, incident, reader),
        asker=UserId(row.person),
        by_hand=row.by_hand,
        added_by=UserId(row.added_by) if row.added_by else None,
    )


def access_answer(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if _kept_out(shelf, incident, claimed.target):
        return KEPT_OUT
    return Letter(_access_answer(shelf, claimed, incident), person=claimed.target)


def access_answer_stands(
    shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime
) -> Prepared:
    incident = shelf.incident(claimed.subject)
    return NO_INCIDENT if incident is None else Letter(_access_answer(shelf, claimed, incident))


def _access_answer(shelf: Shelf, claimed: Claimed, incident: Incident) -> AccessAnswer:
    by = claimed.args["by"]
    head = for_person(shelf, incident, _reader(claimed))
    row = requests.get(shelf.tx, claimed.args.get("request", ""))
    reason = row.reason if row is not None else ""
    return AccessAnswer(head, bool(claimed.args["granted"]), UserId(by) if by else None, reason)


# A new owner


def assigned(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return NO_INCIDENT
    if _kept_out(shelf, incident, claimed.target):
        return KEPT_OUT
    if incident.owner != claimed.target or incident.ended_at is not None:
        return Moot("somebody else's by now, or over")
    return Letter(_assigned(shelf, claimed, incident), person=claimed.target)


def assigned_stands(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    return NO_INCIDENT if incident is None else Letter(_assigned(shelf, claimed, incident))


def _assigned(shelf: Shelf, claimed: Claimed, incident: Incident) -> Assigned:
    outcome = None
    if incident.owner != claimed.target:
        outcome = Outcome.PASSED_ON
    elif incident.ended_at is not None:
        outcome = Outcome.ENDED
    head = for_person(shelf, incident, _reader(claimed))
    return Assigned(head, UserId(claimed.args["by"]), outcome)


# What Slack did not edit


def unedited(_shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    args = claimed.args
    return Letter(
        Unedited(
            reference=args["about"],
            posted_at=datetime.fromisoformat(args["posted_at"]),
            error=args["error"],
            person=UserId(args["person"]) if args["person"] else None,
            channel=args["channel"],
        ),
        person=claimed.target,
    )
