"""Why a page can't be answered any more."""

from bot.domain.errors import AlreadyAcknowledged, NothingToAcknowledge
from bot.domain.ids import UserId
from bot.domain.paging import Ladder, RunState
from bot.domain.reasons import of_run, passed_on
from bot.services.case import Case
from bot.store import incidents, pages
from bot.store.tables import Incident, PagingRun
from bot.store.transaction import Transaction


def nothing_waits(tx: Transaction, incident_id: str | None) -> NothingToAcknowledge:
    incident = incidents.get(tx, incident_id) if incident_id else None
    return nothing_to_acknowledge(incident) if incident else NothingToAcknowledge()


def nothing_to_acknowledge(incident: Incident) -> NothingToAcknowledge:
    """Say that no page waits there, and where it has ended, that it has."""
    ended = incident.state if incident.ended_at is not None else None
    return NothingToAcknowledge(incidents.name_of(incident), ended)


def nothing_left(case: Case, user: UserId) -> AlreadyAcknowledged | NothingToAcknowledge:
    """Say to a person on a team's list who took it, or that nothing waits there."""
    runs = pages.runs_of(case.tx, [case.id]) if case.incident.ended_at is None else []
    taken = [
        run
        for run in runs
        if run.state is RunState.ACKNOWLEDGED and user in Ladder.from_json(run.ladder).everyone
    ]
    return too_late(case, taken[-1]) if taken else nothing_to_acknowledge(case.incident)


def too_late(case: Case, run: PagingRun) -> AlreadyAcknowledged | NothingToAcknowledge:
    """Say who was faster, or that the run is over."""
    if run.state is RunState.ACKNOWLEDGED and run.responder and run.acked_at:
        yours = run.responder == case.act.user
        passed = passed_on(of_run(run.reasons, run.requested_by, run.why))
        return AlreadyAcknowledged(
            case.reference,
            run.team_name,
            run.responder,
            run.acked_at,
            yours=yours,
            holds=case.reads and passed is None,
        )
    return nothing_to_acknowledge(case.incident)
