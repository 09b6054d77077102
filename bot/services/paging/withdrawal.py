"""Withdraws pages: the incident has ended, was reopened, or has become restricted."""

from bot.domain.paging.ladders import PERSON_PREFIX, PageState, RunState
from bot.domain.paging.paging_entries import CalledOffEntry
from bot.services.locked import LockedIncident
from bot.services.paging.runs import settle_run
from bot.store.paging import pages, run_changes
from bot.store.tables import PagingRun


def end_all(locked: LockedIncident) -> None:
    """Stop all paging because the incident has ended: no one needs to answer any more.

    A team called off within its time does not count. A team whose time has passed stays
    unanswered. If a ladder had ended already, pages of it may still wait: they are withdrawn too.
    """
    for run in pages.runs_of(locked.tx, [locked.id]):
        late = locked.act.now > run.ack_due_at
        ended = (
            run_changes.exhaust(locked.tx, run.id)
            if late
            else run_changes.call_off(locked.tx, run.id, [RunState.PAGING])
        )
        if ended or _still_asks(locked, run):
            settle_run(locked, run.id)


def leave_unanswered(locked: LockedIncident) -> None:
    """Call off all unanswered runs of a reopened incident. Reopening brings no page back, so a team
    that was late before the end is not asked any more, and owes no answer."""
    for run in pages.runs_of(locked.tx, [locked.id]):
        still_asks = _still_asks(locked, run)
        if run_changes.call_off(locked.tx, run.id) and still_asks:
            settle_run(locked, run.id)


def withdraw_unvouched(locked: LockedIncident) -> None:
    """Call off the runs of an incident made restricted that no entitled person asked for: they
    would let in people without an invitation. The channel hears which runs were called off."""
    for run in pages.runs_of(locked.tx, [locked.id]):
        if not vouched(run) and run_changes.call_off(locked.tx, run.id):
            settle_run(locked, run.id)
            locked.record(
                CalledOffEntry(run=run.id, team=run.team_key, name=run.team_name), aloud=True
            )


def vouched(run: PagingRun) -> bool:
    """Tell whether an entitled person asks for others, and not only for themselves."""
    return run.by_entitled and run.team_key != f"{PERSON_PREFIX}{run.requested_by}"


def _still_asks(locked: LockedIncident, run: PagingRun) -> bool:
    if run.state is not RunState.EXHAUSTED:
        return False
    paged = pages.pages_of_run(locked.tx, run.id)
    return any(page.state is PageState.WAITING for page in paged)
