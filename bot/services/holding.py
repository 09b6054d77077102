"""What a person holds of an incident, and so may hand over."""

from bot.domain.errors import HoldsNothing
from bot.domain.paging import STILL_ASKED, UNANSWERED, RunState
from bot.store import followups, incidents, pages
from bot.store.tables import Incident
from bot.store.transaction import Transaction


def require_part(tx: Transaction, incident: Incident, user: str) -> None:
    """Raise HoldsNothing unless somebody owns it, answers or is asked for a team, or has a task."""
    if not (
        incident.owner == user
        or _answers_for_a_team(tx, incident.id, user)
        or any(task.assignee == user for task in followups.open_tasks_of(tx, incident.id))
    ):
        raise HoldsNothing(incidents.name_of(incident))


def _answers_for_a_team(tx: Transaction, incident_id: str, user: str) -> bool:
    """They acknowledged for it, or a page of theirs still waits."""
    asked = {
        page.run_id
        for page in pages.pages_of_incident(tx, incident_id)
        if page.target == user and page.state in STILL_ASKED
    }
    return any(
        (run.state is RunState.ACKNOWLEDGED and run.responder == user)
        or (run.state in UNANSWERED and run.id in asked)
        for run in pages.runs_of(tx, [incident_id])
    )
