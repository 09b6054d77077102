"""Explains why a page can't be answered any more."""

from bot.domain.access.rights import Deed
from bot.domain.errors import AlreadyAcknowledged, NothingToAcknowledge
from bot.domain.ids import UserId
from bot.domain.paging.ladders import Ladder, RunState, person_of
from bot.domain.paging.reasons import passed_on
from bot.services.locked import LockedIncident
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.tables import PagingRun
from bot.store.transaction import Transaction


def nothing_waits(tx: Transaction, incident_id: str | None) -> NothingToAcknowledge:
    incident = incident_rows.get(tx, incident_id) if incident_id else None
    return (
        NothingToAcknowledge(incident_rows.name_of(incident))
        if incident
        else NothingToAcknowledge()
    )


def nothing_to_acknowledge(locked: LockedIncident) -> NothingToAcknowledge:
    """Return that no page waits there: the incident has ended, or else what the person may do."""
    incident = locked.incident
    ended = incident.state if incident.ended_at is not None else None
    may_own = locked.reads and locked.may(Deed.UPDATE)
    return NothingToAcknowledge(
        incident_rows.name_of(incident), ended, reads=locked.reads, may_own=may_own
    )


def nothing_left(
    locked: LockedIncident, user: UserId
) -> AlreadyAcknowledged | NothingToAcknowledge:
    """Return, for a person on a team's ladder, who took the page, or that nothing waits."""
    runs = pages.runs_of(locked.tx, [locked.id]) if locked.incident.ended_at is None else []
    taken = [
        run
        for run in runs
        if run.state is RunState.ACKNOWLEDGED
        and user in Ladder.from_json(run.ladder).everyone
        and _may_know(locked, run)
    ]
    return too_late(locked, taken[-1]) if taken else nothing_to_acknowledge(locked)


def too_late(locked: LockedIncident, run: PagingRun) -> AlreadyAcknowledged | NothingToAcknowledge:
    """Return who was faster, or that the run is over."""
    taken = run.state is RunState.ACKNOWLEDGED
    if taken and run.responder and run.acked_at and _may_know(locked, run):
        yours = run.responder == locked.act.user
        passed = passed_on(run.why_asked)
        return AlreadyAcknowledged(
            locked.reference,
            run.team_name,
            run.responder,
            run.acked_at,
            yours=yours,
            holds=locked.reads and passed is None,
            person=person_of(run.team_key),
        )
    return nothing_to_acknowledge(locked)


def _may_know(locked: LockedIncident, run: PagingRun) -> bool:
    """Tell whether the person may know who answers for a team: they read the incident, or were
    paged for the team. Being on its ladder is not enough."""
    me = locked.act.user
    return locked.reads or any(page.target == me for page in pages.pages_of_run(locked.tx, run.id))
