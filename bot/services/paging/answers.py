"""The answers to a page: acknowledging and declining. For handing over see `handover`."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.access.rights import Deed
from bot.domain.act import Act
from bot.domain.errors import NobodyAfter, NotYours, WhichTeam
from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import UNANSWERED, PageState, RunState, person_of
from bot.domain.paging.paging_entries import AcknowledgedEntry, DeclinedPageEntry
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.access import owned_ids
from bot.services.access.belonging import belongs_to, may_read
from bot.services.incidents.ownership import accept_ownership
from bot.services.locked import LockedIncident, lock_incident
from bot.services.paging.page_edits import page_changed
from bot.services.paging.runs import next_unless_others_wait, settle_run, waiting_now
from bot.services.paging.too_late import (
    nothing_left,
    nothing_to_acknowledge,
    nothing_waits,
    too_late,
)
from bot.services.staleness import keep_true_of
from bot.services.stored_text import checked_text
from bot.store.access import participants
from bot.store.database import Database
from bot.store.fallback import unsent_pages
from bot.store.incidents import incident_rows
from bot.store.paging import pages, run_changes
from bot.store.tables import Page, PagingRun
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Declined:
    """`paged`: people paged because of it. `waiting`: people who may still take the page."""

    reference: str
    team_name: str
    paged: tuple[UserId, ...]
    waiting: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A page that was taken on, `waited` after it was accepted (None: unknown).

    `team_name` is empty if the person was asked for by name. `edited`: the page's message is known,
    so an edit will soon show who took it.
    """

    incident_id: str
    reference: str
    team_name: str
    severity: Severity
    waited: timedelta | None = None
    in_place: bool = False
    """Whether they took it in the place of one person who was asked for by name."""
    edited: bool = False


def _taken(locked: LockedIncident, run: PagingRun, page: Page | None) -> Taken:
    waited = None if locked.incident.drill or page is None else _waited(locked, page)
    return Taken(
        locked.id,
        locked.reference,
        _in_whose_name(locked, run),
        locked.incident.severity,
        waited,
        in_place=person_of(run.team_key) not in (None, locked.act.user),
        edited=page is not None and page.message_ts is not None,
    )


def _in_whose_name(locked: LockedIncident, run: PagingRun) -> str:
    return "" if person_of(run.team_key) == locked.act.user else run.team_name


def _waited(locked: LockedIncident, page: Page) -> timedelta | None:
    """Return the time since Slack accepted the page, or else since a gateway did."""
    since = page.sent_at or unsent_pages.reached_at(locked.tx, page.id)
    return locked.act.now - since if since else None


def require_answerable(db: Database, act: Act, page_id: str, *, own: bool = False) -> None:
    """Raise now if it is too late, not after the person has typed a reason. `own`: the answer is a
    decline, which only the page's recipient may give."""
    with db.reading() as tx:
        page = owned_ids.own_page(tx, act, page_id) if own else owned_ids.page(tx, act, page_id)
        incident, run = incident_rows.get(tx, page.incident_id), run_of(tx, page)
        if incident is None:
            raise NotYours
        seats = participants.seats(tx, incident.id)
        belongs = belongs_to(incident, seats, act.user)
        reads = may_read(incident, act.user, act.role, seats, kept_out=act.kept_out)
        locked = LockedIncident(tx, act, incident, belongs=belongs, reads=reads, invited=seats)
        waits = page.state is PageState.WAITING and incident.ended_at is None
        if not waits or run.state not in UNANSWERED:
            raise too_late(locked, run)
        if own:
            _still_paging(locked, run, page)


def acknowledge(db: Database, act: Act, page_id: str) -> Taken:
    """Take a page on: its person becomes the team's responder."""
    with db.transaction(act) as tx:
        page = owned_ids.page(tx, act, page_id)
        with _asked(tx, act, page.incident_id) as locked:
            run = run_of(tx, page)
            _acknowledge(locked, run, page)
            return _taken(locked, run, page)


def acknowledge_mine(db: Database, act: Act, incident_id: str | None = None) -> list[Taken]:
    """Acknowledge every page that waits for this person, in one incident or anywhere.

    If an incident is named and no page of theirs waits there, they step in for the team whose
    ladder they are on, before their turn.
    """
    with db.transaction(act) as tx:
        mine = [
            page
            for page in pages.waiting_for(tx, act.workspace, act.user)
            if incident_id in (None, page.incident_id)
        ]
        if incident_id is not None and not mine:
            return [_step_in(tx, act, incident_id)]
        taken = []
        # Take all the locks before the first change, in the order that every service uses.
        for each in sorted({page.incident_id for page in mine}):
            incident_rows.lock(tx, each)
        for page in sorted(mine, key=lambda page: page.incident_id):
            with _asked(tx, act, page.incident_id) as locked:
                run = pages.run(tx, page.run_id)
                # Skip those that ended while this waited for their locks.
                open_still = locked.incident.ended_at is None
                if open_still and run is not None and run.state in UNANSWERED:
                    _acknowledge(locked, run, page)
                    taken.append(_taken(locked, run, page))
        if not taken:
            raise nothing_waits(tx, incident_id)
        return taken


def _step_in(tx: Transaction, act: Act, incident_id: str) -> Taken:
    """Take a team's page on before one's turn; raises WhichTeam if several teams wait."""
    with _asked(tx, act, incident_id) as locked:
        runs = [
            run
            for run in pages.runs_of(tx, [locked.id])
            if run.state in UNANSWERED and owned_ids.on_ladder(act, run, locked.incident)
        ]
        if not runs or locked.incident.ended_at is not None:
            raise nothing_left(locked, act.user)
        if len(runs) > 1:
            raise WhichTeam(locked.reference, tuple(map(_named, runs)))
        _acknowledge(locked, runs[0], None)
        return _taken(locked, runs[0], None)


def _named(run: PagingRun) -> tuple[str, str, str | None]:
    return run.id, run.team_name, person_of(run.team_key)


def acknowledge_run(db: Database, act: Act, run_id: str) -> Taken:
    """Take on what a team was paged for; any person on its ladder may."""
    with db.transaction(act) as tx:
        incident_id = owned_ids.ladder_of(tx, act, run_id).incident_id
        with _asked(tx, act, incident_id) as locked:
            run = owned_ids.ladder_of(tx, act, run_id)
            page = pages.waiting_in(tx, run_id, act.user)
            _acknowledge(locked, run, page)
            return _taken(locked, run, page)


def _asked(tx: Transaction, act: Act, incident_id: str) -> AbstractContextManager[LockedIncident]:
    """Lock a page's incident: any person that it asks may answer, invited or not."""
    return lock_incident(tx, act, incident_id, Deed.ACKNOWLEDGE, ended_too=True, uninvited_too=True)


def run_of(tx: Transaction, page: Page) -> PagingRun:
    """Return the page's run. Read behind the incident's lock, its state cannot change."""
    run = pages.run(tx, page.run_id)
    if run is None:
        raise NotYours
    return run


def _acknowledge(locked: LockedIncident, run: PagingRun, page: Page | None) -> None:
    """Make the person the run's responder; `page` is None if they had not been paged.

    The end of an incident withdraws every page, and reopening brings none back: new pages go out.
    """
    act = locked.act
    withdrawn = page is not None and page.state is PageState.SUPERSEDED
    if withdrawn or locked.incident.ended_at is not None:
        raise too_late(locked, run)
    if not run_changes.acknowledge(locked.tx, run.id, act.user, act.now):
        raise too_late(locked, run)
    if page is not None and not pages.answer(
        locked.tx, page.id, PageState.ACKNOWLEDGED, act.now, ""
    ):
        # A later page replaced it while this waited for the lock.
        later = pages.waiting_in(locked.tx, run.id, page.target)
        pages.answer(locked.tx, later.id if later else "", PageState.ACKNOWLEDGED, act.now, "")
    settle_run(locked, run.id)
    tell_those_told(locked, run)
    locked.record(
        AcknowledgedEntry(
            run=run.id,
            team=run.team_key,
            name=run.team_name,
            page=page.id if page is not None else None,
        )
    )
    locked.join_by_page(run)
    accept_ownership(locked, run)
    locked.card_changed()


def tell_those_told(locked: LockedIncident, run: PagingRun) -> None:
    """Edit the messages that said no one had answered, if a step or the whole ladder had passed."""
    if run.state is RunState.EXHAUSTED or run.early_word_at is not None:
        keep_true_of(locked, Change.ANSWERED, run.id, locked.id)


def decline(db: Database, policy: Policy, act: Act, page_id: str, reason: str) -> Declined:
    """Decline a page: the next person is paged at once, unless others may still answer."""
    reason = checked_text("why", reason, needed=False)
    with db.transaction(act) as tx:
        page = owned_ids.own_page(tx, act, page_id)
        with _asked(tx, act, page.incident_id) as locked:
            run = run_of(tx, page)
            _still_paging(locked, run, page)
            if not pages.answer(tx, page.id, PageState.DECLINED, act.now, reason):
                raise nothing_to_acknowledge(locked)
            locked.record(
                DeclinedPageEntry(run=run.id, team=run.team_key, name=run.team_name, reason=reason)
            )
            locked.send(page_changed(locked, page))
            paged = next_unless_others_wait(locked, policy, run)
            locked.card_changed()
            return Declined(
                locked.reference, _in_whose_name(locked, run), paged, waiting_now(tx, run.id)
            )


def _still_paging(locked: LockedIncident, run: PagingRun, page: Page) -> None:
    waits = page.state is PageState.WAITING and locked.incident.ended_at is None
    if waits and run.state is RunState.EXHAUSTED:
        raise NobodyAfter(locked.reference, run.team_name, person_of(run.team_key))
    if run.state is not RunState.PAGING:
        raise too_late(locked, run)
