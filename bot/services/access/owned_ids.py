"""Resolves the ids that buttons and forms carry: the row if it is this person's, else a refusal.

Ids may be forged or belong to others. The refusal is the same for a row that does not exist and
for one that is not theirs: a difference would reveal whether a page exists, or who holds it. For
the same reason the person is checked before the row is read for an answer.
"""

from bot.domain.access.rights import Deed, may
from bot.domain.access.visibility import by_invitation
from bot.domain.act import Act, Role
from bot.domain.errors import NoAccess, NotYours
from bot.domain.paging.ladders import Ladder, PageState, person_of
from bot.services.access.belonging import belongs_to, may_read
from bot.store.access import participants, requests
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.tables import AccessRequest, Incident, Page, PagingRun, Reminder, Task
from bot.store.transaction import Transaction


def page(tx: Transaction, act: Act, page_id: str) -> Page:
    """Return this person's page, or another page on a ladder that they are on; raises NotYours.

    If the run paged the page's person again since, the newer page is returned.
    """
    found = pages.page(tx, page_id)
    if found is None or found.team_id != act.workspace.team_id:
        raise NotYours
    if act.user != found.target:
        ladder_of(tx, act, found.run_id)
    return _that_waits(tx, found)


def own_page(tx: Transaction, act: Act, page_id: str) -> Page:
    """Return this person's own page. Only its recipient can say that they can't take it."""
    found = pages.page(tx, page_id)
    if found is None or found.team_id != act.workspace.team_id or act.user != found.target:
        raise NotYours
    return _that_waits(tx, found)


def _that_waits(tx: Transaction, page: Page) -> Page:
    if page.state is not PageState.SUPERSEDED:
        return page
    return pages.waiting_in(tx, page.run_id, page.target) or page


def ladder_of(tx: Transaction, act: Act, run_id: str) -> PagingRun:
    """Return a team's run if this person is on its ladder; raises NotYours."""
    run = pages.run(tx, run_id)
    incident = incident_rows.get(tx, run.incident_id) if run is not None else None
    if run is None or incident is None or run.team_id != act.workspace.team_id:
        raise NotYours
    if not on_ladder(act, run, incident):
        raise NotYours
    return run


def on_ladder(act: Act, run: PagingRun, incident: Incident) -> bool:
    """Tell whether this person may answer a run. Anyone on its ladder may, before their turn too.

    A restricted escalation opens to the person who answers. There, a page to one person is theirs
    alone until the next step is paged: a request for an expert is not one for a manager.
    """
    ladder = Ladder.from_json(run.ladder)
    alone = by_invitation(incident.tier) and person_of(run.team_key) is not None
    if alone and run.round == ladder.first_round:
        return any(act.user in step.targets for step in ladder.steps[: run.step + 1])
    return act.user in ladder.everyone


def task(tx: Transaction, act: Act, task_id: str) -> Task:
    """Return a task that this person has, or may take from others; raises NotYours.

    Raises NoAccess if the person has the task but may no longer read its incident.
    """
    found = tasks_and_reminders.task(tx, task_id)
    if found is None or found.team_id != act.workspace.team_id:
        raise NotYours
    if act.user != found.assignee and not _may(tx, act, Deed.TASK, found.incident_id):
        raise NotYours
    _require_reading(tx, act, found.incident_id)
    return found


def own_task(tx: Transaction, act: Act, task_id: str) -> Task:
    found = tasks_and_reminders.task(tx, task_id)
    if found is None or found.team_id != act.workspace.team_id or act.user != found.assignee:
        raise NotYours
    _require_reading(tx, act, found.incident_id)
    return found


def request(tx: Transaction, act: Act, request_id: str) -> AccessRequest:
    """Return a request for access that this person may answer; raises NotYours."""
    found = requests.get(tx, request_id)
    if found is None or found.team_id != act.workspace.team_id:
        raise NotYours
    if not _may(tx, act, Deed.INVITE, found.incident_id):
        raise NotYours
    return found


def _require_reading(tx: Transaction, act: Act, incident_id: str) -> None:
    """Raise NoAccess if this person may no longer read the incident that their item is about."""
    incident = incident_rows.get(tx, incident_id)
    if incident is None:
        raise NotYours
    if act.role is not Role.NOBODY and not _may(tx, act, Deed.READ, incident_id):
        raise NoAccess(incident_rows.name_of(incident), incident.id)


def _may(tx: Transaction, act: Act, deed: Deed, incident_id: str) -> bool:
    """Tell whether this person reads the incident and may do this deed there."""
    incident = incident_rows.get(tx, incident_id)
    if incident is None or incident.team_id != act.workspace.team_id:
        return False
    seats = participants.seats(tx, incident_id)
    belongs = belongs_to(incident, seats, act.user)
    reads = may_read(incident, act.user, act.role, seats, kept_out=act.kept_out)
    return reads and may(act.role, deed, belongs=belongs)


def reminder(tx: Transaction, act: Act, reminder_id: str) -> Reminder:
    found = tasks_and_reminders.reminder(tx, reminder_id)
    if found is None or found.team_id != act.workspace.team_id or act.user != found.owner:
        raise NotYours
    return found
