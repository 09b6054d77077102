"""Why a page can't be answered any more."""

from bot.domain.errors import AlreadyAcknowledged, NothingToAcknowledge
from bot.domain.ids import UserId
from bot.domain.paging import Ladder, RunState, person_of
from bot.domain.reasons import of_run, passed_on
from bot.domain.rights import Deed
from bot.services.case import Case
from bot.store import incidents, pages
from bot.store.tables import PagingRun
from bot.store.transaction import Transaction


def nothing_waits(tx: Transaction, incident_id: str | None) -> NothingToAcknowledge:
    incident = incidents.get(tx, incident_id) if incident_id else None
    return NothingToAcknowledge(incidents.name_of(incident)) if incident else NothingToAcknowledge()


def nothing_to_acknowledge(case: Case) -> NothingToAcknowledge:
    """Say that no page waits there; where it has ended, that it has; else what they may do."""
    incident = case.incident
    ended = incident.state if incident.ended_at is not None else None
    may_own = case.reads and case.may(Deed.UPDATE)
    return NothingToAcknowledge(
        incidents.name_of(incident), ended, reads=case.reads, may_own=may_own
    )


def nothing_left(case: Case, user: UserId) -> AlreadyAcknowledged | NothingToAcknowledge:
    """Say to a person on a team's list who took it, or that nothing waits there."""
    runs = pages.runs_of(case.tx, [case.id]) if case.incident.ended_at is None else []
    taken = [
        run
        for run in runs
        if run.state is RunState.ACKNOWLEDGED
        and user in Ladder.from_json(run.ladder).everyone
        and _may_know(case, run)
    ]
    return too_late(case, taken[-1]) if taken else nothing_to_acknowledge(case)


def too_late(case: Case, run: PagingRun) -> AlreadyAcknowledged | NothingToAcknowledge:
    """Say who was faster, or that the run is over."""
    taken = run.state is RunState.ACKNOWLEDGED
    if taken and run.responder and run.acked_at and _may_know(case, run):
        yours = run.responder == case.act.user
        passed = passed_on(of_run(run.reasons, run.requested_by, run.why))
        return AlreadyAcknowledged(
            case.reference,
            run.team_name,
            run.responder,
            run.acked_at,
            yours=yours,
            holds=case.reads and passed is None,
            person=person_of(run.team_key),
        )
    return nothing_to_acknowledge(case)


def _may_know(case: Case, run: PagingRun) -> bool:
    """Who answers for a team is told to those who read the incident, or were paged for the team:
    to be on its list is not enough."""
    me = case.act.user
    return case.reads or any(page.target == me for page in pages.pages_of_run(case.tx, run.id))
