"""The answers to a page: acknowledge, cannot take it. Handing over has a module of its own."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.act import Act
from bot.domain.errors import NobodyAfter, NotYours, WhichTeam
from bot.domain.ids import UserId
from bot.domain.paging import UNANSWERED, PageState, RunState, person_of
from bot.domain.rights import Deed
from bot.domain.severity import Severity
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services import theirs
from bot.services.belonging import belongs_to, may_read
from bot.services.case import Case, take_up
from bot.services.owning import accept_ownership
from bot.services.page_messages import page_changed
from bot.services.runs import next_unless_others_wait, settle_run, waiting_now
from bot.services.standing import keep_true_of
from bot.services.too_late import nothing_left, nothing_to_acknowledge, nothing_waits, too_late
from bot.services.written import checked_text
from bot.store import incidents, pages, unsent_pages
from bot.store.database import Database
from bot.store.tables import Page, PagingRun
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Declined:
    """`paged`: who is paged by it. `waiting`: who was paged before, and may still take it."""

    reference: str
    team_name: str
    paged: tuple[UserId, ...]
    waiting: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A page that its person has taken on, `waited` after it was accepted (None: not known).

    `team_name` is empty where they were asked for themselves. `edited`: it is known where the page
    stands, so that it soon says itself who took it.
    """

    incident_id: str
    reference: str
    team_name: str
    severity: Severity
    waited: timedelta | None = None
    in_place: bool = False
    """Whether they took it in the place of one person, who was asked for."""
    edited: bool = False


def _taken(case: Case, run: PagingRun, page: Page | None) -> Taken:
    waited = None if case.incident.drill or page is None else _waited(case, page)
    return Taken(
        case.id,
        case.reference,
        _in_whose_name(case, run),
        case.incident.severity,
        waited,
        in_place=person_of(run.team_key) not in (None, case.act.user),
        edited=page is not None and page.message_ts is not None,
    )


def _in_whose_name(case: Case, run: PagingRun) -> str:
    return "" if person_of(run.team_key) == case.act.user else run.team_name


def _waited(case: Case, page: Page) -> timedelta | None:
    """Since Slack accepted the page; where it has not, since a gateway did."""
    since = page.sent_at or unsent_pages.reached_at(case.tx, page.id)
    return case.act.now - since if since else None


def require_answerable(db: Database, act: Act, page_id: str, *, own: bool = False) -> None:
    """Say now that it is too late, not after a reason has been typed; `own`: only the person who
    got the page may say that they can't take it."""
    with db.reading() as tx:
        page = theirs.own_page(tx, act, page_id) if own else theirs.page(tx, act, page_id)
        incident, run = incidents.get(tx, page.incident_id), run_of(tx, page)
        if incident is None:
            raise NotYours
        seats = incidents.seats(tx, incident.id)
        belongs = belongs_to(incident, seats, act.user)
        reads = may_read(incident, act.user, act.role, seats, kept_out=act.kept_out)
        case = Case(tx, act, incident, belongs=belongs, reads=reads, invited=seats)
        waits = page.state is PageState.WAITING and incident.ended_at is None
        if not waits or run.state not in UNANSWERED:
            raise too_late(case, run)
        if own:
            _still_paging(case, run, page)


def acknowledge(db: Database, act: Act, page_id: str) -> Taken:
    """Take a page on: its person becomes the team's responder."""
    with db.transaction(act) as tx:
        page = theirs.page(tx, act, page_id)
        with _asked(tx, act, page.incident_id) as case:
            run = run_of(tx, page)
            _acknowledge(case, run, page)
            return _taken(case, run, page)


def acknowledge_mine(db: Database, act: Act, incident_id: str | None = None) -> list[Taken]:
    """Acknowledge whatever waits for this person (in one incident, or anywhere).

    Where no page of theirs waits in the incident that is named, they step in for the team whose
    list they are on, before their turn.
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
        # All the locks before the first change: it is the order in which everybody takes them.
        for locked in sorted({page.incident_id for page in mine}):
            incidents.lock(tx, locked)
        for page in sorted(mine, key=lambda page: page.incident_id):
            with _asked(tx, act, page.incident_id) as case:
                run = pages.run(tx, page.run_id)
                # Those that ended while this waited for their locks are passed over.
                open_still = case.incident.ended_at is None
                if open_still and run is not None and run.state in UNANSWERED:
                    _acknowledge(case, run, page)
                    taken.append(_taken(case, run, page))
        if not taken:
            raise nothing_waits(tx, incident_id)
        return taken


def _step_in(tx: Transaction, act: Act, incident_id: str) -> Taken:
    """Take on what a team was paged for; raises WhichTeam where several wait for this person."""
    with _asked(tx, act, incident_id) as case:
        runs = [
            run
            for run in pages.runs_of(tx, [case.id])
            if run.state in UNANSWERED and theirs.on_ladder(act, run, case.incident)
        ]
        if not runs or case.incident.ended_at is not None:
            raise nothing_left(case, act.user)
        if len(runs) > 1:
            raise WhichTeam(case.reference, tuple(map(_named, runs)))
        _acknowledge(case, runs[0], None)
        return _taken(case, runs[0], None)


def _named(run: PagingRun) -> tuple[str, str, str | None]:
    return run.id, run.team_name, person_of(run.team_key)


def acknowledge_run(db: Database, act: Act, run_id: str) -> Taken:
    """Take on what one team was paged for, by whoever is on its list."""
    with db.transaction(act) as tx:
        incident_id = theirs.ladder_of(tx, act, run_id).incident_id
        with _asked(tx, act, incident_id) as case:
            run = theirs.ladder_of(tx, act, run_id)
            page = pages.waiting_in(tx, run_id, act.user)
            _acknowledge(case, run, page)
            return _taken(case, run, page)


def _asked(tx: Transaction, act: Act, incident_id: str) -> AbstractContextManager[Case]:
    """Take up the incident of a page: whoever it asks may answer, invited or not."""
    return take_up(tx, act, incident_id, Deed.ACKNOWLEDGE, ended_too=True, uninvited_too=True)


def run_of(tx: Transaction, page: Page) -> PagingRun:
    """Return how its run stands. Asked behind the incident's lock, it stays so."""
    run = pages.run(tx, page.run_id)
    if run is None:
        raise NotYours
    return run


def _acknowledge(case: Case, run: PagingRun, page: Page | None) -> None:
    """An end withdraws every page, and reopening brings none back: whom it needs is paged anew.

    Without a page: whoever takes it on has not been asked yet.
    """
    act = case.act
    withdrawn = page is not None and page.state is PageState.SUPERSEDED
    if withdrawn or case.incident.ended_at is not None:
        raise too_late(case, run)
    won = pages.end_run(
        case.tx,
        run.id,
        UNANSWERED,
        {"state": RunState.ACKNOWLEDGED, "responder": act.user, "acked_at": act.now},
    )
    if not won:
        raise too_late(case, run)
    if page is not None and not pages.answer(case.tx, page.id, PageState.ACKNOWLEDGED, act.now, ""):
        # It gave way to a later one while this waited for the lock.
        later = pages.waiting_in(case.tx, run.id, page.target)
        pages.answer(case.tx, later.id if later else "", PageState.ACKNOWLEDGED, act.now, "")
    settle_run(case, run.id)
    tell_those_told(case, run)
    case.record(
        EntryKind.ACKNOWLEDGED,
        run=run.id,
        team=run.team_key,
        name=run.team_name,
        page=page.id if page is not None else None,
    )
    case.join_by_page(run)
    accept_ownership(case, run)
    case.card_changed()


def tell_those_told(case: Case, run: PagingRun) -> None:
    """Where a step or the whole ladder had passed, people were told that nobody answered."""
    if run.state is RunState.EXHAUSTED or run.early_word_at is not None:
        keep_true_of(case, Change.ANSWERED, run.id, case.id)


def decline(db: Database, policy: Policy, act: Act, page_id: str, reason: str) -> Declined:
    """Someone cannot take it: the next one is paged at once, unless others may still answer."""
    reason = checked_text("why", reason, needed=False)
    with db.transaction(act) as tx:
        page = theirs.own_page(tx, act, page_id)
        with _asked(tx, act, page.incident_id) as case:
            run = run_of(tx, page)
            _still_paging(case, run, page)
            if not pages.answer(tx, page.id, PageState.DECLINED, act.now, reason):
                raise nothing_to_acknowledge(case)
            case.record(
                EntryKind.DECLINED_PAGE,
                run=run.id,
                team=run.team_key,
                name=run.team_name,
                reason=reason,
            )
            case.send(page_changed(case, page))
            paged = next_unless_others_wait(case, policy, run)
            case.card_changed()
            return Declined(
                case.reference, _in_whose_name(case, run), paged, waiting_now(tx, run.id)
            )


def _still_paging(case: Case, run: PagingRun, page: Page) -> None:
    waits = page.state is PageState.WAITING and case.incident.ended_at is None
    if waits and run.state is RunState.EXHAUSTED:
        raise NobodyAfter(case.reference, run.team_name, person_of(run.team_key))
    if run.state is not RunState.PAGING:
        raise too_late(case, run)
