"""What a delivery says, looked up when it is sent: true then, and nothing lies in the queue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.domain.act import Role, Workspace
from bot.domain.asking import whom_to_ask
from bot.domain.clockwork import is_late
from bot.domain.duework import DeliveryKind
from bot.domain.ids import ReminderId, UserId
from bot.domain.paging import UNANSWERED, PageState, RunState
from bot.domain.reading import (
    AccessAnswer,
    AccessRequest,
    Assigned,
    ExhaustedMessage,
    Head,
    ReminderMessage,
    TaskReminder,
    UpdateReminder,
)
from bot.domain.visibility import Place
from bot.policy import Policy
from bot.services import digests, homes, in_channel, views
from bot.services.access import identify, in_charge
from bot.services.asking import askable, readers
from bot.services.letters import Letter, Moot, Prepared, View
from bot.services.shelf import Shelf
from bot.store import followups, incidents, pages
from bot.store.claims import Claimed
from bot.store.database import Database
from bot.store.tables import Incident, Task
from bot.store.tables.states import ReminderState, TaskState

MOST_TRIES_TO_FIND = 20
KEPT_OUT = Moot("a guest, of another organisation, deactivated or a bot: told nothing")
"""But for pages, and that nobody acknowledged: those still go out, with the codename."""


def prepare(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    """Return what a claimed delivery says or does now."""
    if claimed.kind is DeliveryKind.HOME:
        return _home(db, policy, claimed, now)
    if claimed.kind is DeliveryKind.DIGEST:
        return _digest(db, policy, claimed, now)
    with db.reading() as tx:
        return _PREPARE[claimed.kind](Shelf(tx, [claimed]), policy, claimed, now)


def prepare_many(
    db: Database, policy: Policy, batch: Sequence[Claimed], now: datetime
) -> list[Prepared]:
    """Prepare what was claimed together, in one look; neither digests nor Home tabs."""
    with db.reading() as tx:
        shelf = Shelf(tx, batch)
        return [_PREPARE[claimed.kind](shelf, policy, claimed, now) for claimed in batch]


def _home(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    act = identify(db, policy, claimed.workspace, claimed.subject, now)
    if act is None:
        return Moot("nobody knows this person")
    return Letter(homes.home(db, act), person=claimed.subject)


def _digest(db: Database, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    view = digests.planned_view(db, policy, claimed.workspace, claimed.args)
    if view is None:
        return Moot("the policy has no such digest any more")
    if claimed.args.get("channel"):
        return Letter(view, channel=claimed.args["channel"])
    reader = identify(db, policy, claimed.workspace, claimed.target or "", now)
    if reader is not None and reader.kept_out:
        return KEPT_OUT
    return Letter(view, person=claimed.target)


def _for_person(shelf: Shelf, incident: Incident, person: str) -> Head:
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


def _page(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    page = shelf.page(claimed.subject)
    run = shelf.run(page.run_id) if page else None
    if page is None or run is None:
        return Moot("no such page")
    incident = shelf.incident(page.incident_id)
    if incident is None:
        return Moot("no such incident")
    repeat = bool(claimed.args.get("may_repeat"))
    if not _perhaps_there(claimed, repeat=repeat):
        # Also when the ladder went by while Slack was away: nobody has answered, so they are told.
        if run.state not in UNANSWERED or page.state is not PageState.WAITING:
            return Moot("acknowledged or withdrawn meanwhile")
        if incident.ended_at is not None:
            return Moot("the incident has ended")
    head = _for_person(shelf, incident, page.target)
    since = claimed.args.get("late_since")
    view = views.page_message(
        page,
        run,
        head,
        now,
        may_repeat=repeat,
        late_since=datetime.fromisoformat(since) if since else None,
        ended=incident.ended_at is not None,
    )
    return Letter(view, person=page.target)


def _canary(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    """A page like any other, but into the canary's channel."""
    page = _page(shelf, policy, claimed, now)
    if not isinstance(page, Letter):
        return page
    return replace(page, person=None, channel=claimed.args["channel"])


def _perhaps_there(claimed: Claimed, *, repeat: bool) -> bool:
    """Slack may have it: it is looked for before anything else, and edited where it is out of date.

    Once looked for in vain, it is sent only if it is still wanted.
    """
    return (
        claimed.uncertain
        and claimed.lookups == 0
        and not repeat
        and claimed.attempts <= MOST_TRIES_TO_FIND
    )


def _page_update(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    page = shelf.page(claimed.subject)
    run = shelf.run(page.run_id) if page else None
    incident = shelf.incident(page.incident_id) if page else None
    if page is None or run is None or incident is None or page.message_ts is None:
        return Moot("the page was never sent")
    head = _for_person(shelf, incident, page.target)
    view = views.page_message(page, run, head, now, ended=incident.ended_at is not None)
    return Letter(view, channel=page.channel_id, ts=page.message_ts)


def _reminder(shelf: Shelf, _policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    reminder = followups.reminder(shelf.tx, claimed.subject)
    if reminder is None or reminder.state is not ReminderState.SPOKEN:
        return Moot("done, stopped or snoozed meanwhile")
    if shelf.kept_out(claimed.workspace, reminder.owner):
        return KEPT_OUT
    incident = shelf.incident(reminder.incident_id) if reminder.incident_id else None
    view = ReminderMessage(
        id=ReminderId(reminder.id),
        text=reminder.text,
        due_at=reminder.due_at,
        late=is_late(reminder.due_at, now),
        head=_for_person(shelf, incident, reminder.owner) if incident else None,
        asked_by=UserId(reminder.created_by),
    )
    return Letter(view, person=reminder.owner)


def _task(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    task = followups.task(shelf.tx, claimed.subject)
    incident = shelf.incident(task.incident_id) if task else None
    if task is None or incident is None or task.state is not TaskState.OPEN:
        return Moot("done or withdrawn meanwhile")
    # Not once it has been handed over since.
    instead = claimed.target if claimed.args.get("instead_of") == task.assignee else None
    answering = (*_in_charge(shelf, incident), *policy.managers_on_duty)
    reader = _first_left(shelf, incident, (instead or task.assignee, *answering))
    if reader is None:
        return KEPT_OUT
    line = views.task_line(task, _for_person(shelf, incident, reader))
    late = bool(claimed.args.get("late"))
    view = TaskReminder(line, now, late, instead=reader != task.assignee)
    return Letter(_with_summary(shelf, view, task, claimed), person=reader)


def _with_summary(shelf: Shelf, view: TaskReminder, task: Task, claimed: Claimed) -> TaskReminder:
    """Add what was said when the task was handed over to who has it now, if the reader may know."""
    seq = claimed.args.get("seq")
    entry = incidents.entry(shelf.tx, task.incident_id, int(seq)) if seq else None
    if entry is None or not view.task.head.full or entry.data.get("assignee") != task.assignee:
        return view
    return replace(view, summary=entry.data.get("summary", ""), by=UserId(entry.actor))


def _update_due(shelf: Shelf, policy: Policy, claimed: Claimed, now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or incident.ended_at is not None or claimed.target is None:
        return Moot("the incident has ended")
    if incident.update_due_at is None or incident.update_due_at > now:
        return Moot("updated, snoozed or stopped meanwhile")
    reader = _asked_now(shelf, policy, incident, claimed.target)
    if reader is None:
        return KEPT_OUT
    view = UpdateReminder(
        head=_for_person(shelf, incident, reader),
        last_update_at=datetime.fromisoformat(claimed.args["since"]),
        due_at=datetime.fromisoformat(claimed.args["due"]),
        late=bool(claimed.args.get("late")),
    )
    return Letter(view, person=reader)


def _asked_now(shelf: Shelf, policy: Policy, incident: Incident, planned: str) -> str | None:
    """The person whose turn it was, unless the incident has an owner by now or they are kept out.

    Only a person who may read it is told.
    """
    invited = shelf.participants(incident.id)
    may_read = readers(incident, invited, partial(_kept_out, shelf, incident))
    if incident.owner is None and may_read(planned):
        return planned
    return whom_to_ask(askable(shelf.tx, policy, incident, invited), may_read)


def _exhausted(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    run = shelf.run(claimed.subject)
    incident = shelf.incident(run.incident_id) if run else None
    if run is None or incident is None or claimed.target is None:
        return Moot("no such run")
    if run.state is not RunState.EXHAUSTED:
        return Moot("answered meanwhile")
    if incident.ended_at is not None:
        return Moot("the incident has ended")
    told = pages.pages_of_run(shelf.tx, run.id)
    tried = tuple(dict.fromkeys(UserId(page.target) for page in told))
    view = ExhaustedMessage(
        _for_person(shelf, incident, claimed.target), views.team_row(run, told), tried
    )
    return Letter(view, person=claimed.target)


_Prepare = Callable[[Shelf, Policy, Claimed, datetime], Prepared]


def _about_incident(view_of: Callable[[Head, Mapping[str, Any]], View]) -> _Prepare:
    """What is said to one person of an incident as they may see it, and of what was recorded."""

    def prepare(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
        incident = shelf.incident(claimed.subject)
        if incident is None or claimed.target is None:
            return Moot("no such incident")
        if _kept_out(shelf, incident, claimed.target):
            return KEPT_OUT
        head = _for_person(shelf, incident, claimed.target)
        return Letter(view_of(head, claimed.args), person=claimed.target)

    return prepare


def _access_request(shelf: Shelf, _policy: Policy, claimed: Claimed, _now: datetime) -> Prepared:
    incident = shelf.incident(claimed.subject)
    if incident is None or claimed.target is None:
        return Moot("no such incident")
    passed = claimed.args.get("passed", ())
    others = [user for user in _in_charge(shelf, incident) if user not in passed]
    reader = _first_left(shelf, incident, (claimed.target, *others))
    if reader is None:
        return KEPT_OUT
    head = _for_person(shelf, incident, reader)
    return Letter(AccessRequest(head, UserId(claimed.args["asker"])), person=reader)


def _access_answer(head: Head, recorded: Mapping[str, Any]) -> AccessAnswer:
    by = recorded["by"]
    return AccessAnswer(head, bool(recorded["granted"]), UserId(by) if by else None)


def _assigned(head: Head, recorded: Mapping[str, Any]) -> Assigned:
    return Assigned(head, UserId(recorded["by"]))


_PREPARE: dict[DeliveryKind, _Prepare] = {
    DeliveryKind.PAGE: _page,
    DeliveryKind.CANARY: _canary,
    DeliveryKind.CANARY_UPDATE: _page_update,
    DeliveryKind.PAGE_UPDATE: _page_update,
    DeliveryKind.ROOM_CREATE: in_channel.room,
    DeliveryKind.ROOM_INVITE: in_channel.invite,
    DeliveryKind.CARD_POST: in_channel.card_post,
    DeliveryKind.CARD_UPDATE: in_channel.card_update,
    DeliveryKind.CARD_PIN: in_channel.pin,
    DeliveryKind.NOTICE: in_channel.notice,
    DeliveryKind.REMINDER: _reminder,
    DeliveryKind.TASK_REMINDER: _task,
    DeliveryKind.UPDATE_REMINDER: _update_due,
    DeliveryKind.EXHAUSTED: _exhausted,
    DeliveryKind.ACCESS_REQUEST: _access_request,
    DeliveryKind.ACCESS_ANSWER: _about_incident(_access_answer),
    DeliveryKind.ASSIGNED: _about_incident(_assigned),
}
