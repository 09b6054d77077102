"""The answers to a page: acknowledge, cannot take it, hand over."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.act import Act
from bot.domain.errors import (
    AlreadyAcknowledged,
    BadInput,
    NobodyAfter,
    NobodyToPage,
    NotFound,
    NothingToAcknowledge,
    NotTheirs,
)
from bot.domain.ids import TeamKey, UserId
from bot.domain.paging import PERSON_PREFIX, UNANSWERED, Ladder, PageState, RunState
from bot.domain.reasons import Occasion, Reason
from bot.domain.rights import Deed
from bot.domain.severity import Severity
from bot.domain.standing import Change
from bot.domain.timeline import EntryKind
from bot.policy import Policy
from bot.services.case import Case, take_up
from bot.services.paging import Started, being_paged, start_person, start_team
from bot.services.runs import next_unless_others_wait, page_changed, settle_run
from bot.services.standing import keep_true_of
from bot.services.written import checked_text
from bot.store import incidents, pages, unsent_pages
from bot.store.database import Database
from bot.store.tables import Incident, Page, PagingRun
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Taken:
    """A page that its person has taken on, `waited` after it was accepted (None: not known)."""

    incident_id: str
    reference: str
    team_name: str
    severity: Severity
    waited: timedelta | None = None


def _taken(case: Case, run: PagingRun, page: Page) -> Taken:
    waited = None if case.incident.drill else _waited(case, page)
    return Taken(case.id, case.reference, run.team_name, case.incident.severity, waited)


def _waited(case: Case, page: Page) -> timedelta | None:
    """Since Slack accepted the page; where it has not, since a gateway did."""
    since = page.sent_at or unsent_pages.reached_at(case.tx, page.id)
    return case.act.now - since if since else None


def acknowledge(db: Database, act: Act, page_id: str) -> Taken:
    """Take a page on: its person becomes the team's responder."""
    with db.transaction(act) as tx:
        page = _page(tx, act, page_id)
        with take_up(
            tx, act, page.incident_id, Deed.ACKNOWLEDGE, ended_too=True, uninvited_too=True
        ) as case:
            run = _run_of(tx, page)
            _only_its_people(act, page, run)
            _acknowledge(case, run, page)
            return _taken(case, run, page)


def acknowledge_mine(db: Database, act: Act, incident_id: str | None = None) -> list[Taken]:
    """Acknowledge whatever waits for this person (in one incident, or anywhere)."""
    with db.transaction(act) as tx:
        mine = [
            page
            for page in pages.waiting_for(tx, act.workspace, act.user)
            if incident_id in (None, page.incident_id)
        ]
        taken = []
        # All the locks before the first change: it is the order in which everybody takes them.
        for locked in sorted({page.incident_id for page in mine}):
            incidents.lock(tx, locked)
        for page in sorted(mine, key=lambda page: page.incident_id):
            with take_up(
                tx, act, page.incident_id, Deed.ACKNOWLEDGE, ended_too=True, uninvited_too=True
            ) as case:
                run = pages.run(tx, page.run_id)
                # Those that ended while this waited for their locks are passed over.
                open_still = case.incident.ended_at is None
                if open_still and run is not None and run.state in UNANSWERED:
                    _acknowledge(case, run, page)
                    taken.append(_taken(case, run, page))
        if not taken:
            raise _nothing_waits(tx, incident_id)
        return taken


def _nothing_waits(tx: Transaction, incident_id: str | None) -> NothingToAcknowledge:
    incident = incidents.get(tx, incident_id) if incident_id else None
    return nothing_to_acknowledge(incident) if incident else NothingToAcknowledge()


def nothing_to_acknowledge(incident: Incident) -> NothingToAcknowledge:
    """Say that no page waits there, and where it has ended, that it has."""
    ended = incident.state if incident.ended_at is not None else None
    return NothingToAcknowledge(incidents.name_of(incident), ended)


def _page(tx: Transaction, act: Act, page_id: str) -> Page:
    page = pages.page(tx, page_id)
    if page is None or page.team_id != act.workspace.team_id:
        raise NotFound("page", "")
    return page


def _run_of(tx: Transaction, page: Page) -> PagingRun:
    """Return how its run stands. Asked behind the incident's lock, it stays so."""
    run = pages.run(tx, page.run_id)
    if run is None:
        raise NotFound("page", "")
    return run


def _only_its_people(act: Act, page: Page, run: PagingRun) -> None:
    """A page is answered by whoever got it or stands on its ladder: values can be forged."""
    ladder = Ladder.from_json(run.ladder)
    if act.user != page.target and all(act.user not in step.targets for step in ladder.steps):
        raise NotTheirs("answer this page", team=run.team_name)


def _only_its_person(act: Act, page: Page) -> None:
    """Nobody says for somebody else that they cannot take it."""
    if act.user != page.target:
        raise NotTheirs("decline this page", owner=page.target)


def _acknowledge(case: Case, run: PagingRun, page: Page) -> None:
    """An end withdraws every page, and reopening brings none back: whom it needs is paged anew."""
    act = case.act
    if case.incident.ended_at is not None or page.state is PageState.SUPERSEDED:
        raise _too_late(case, run)
    won = pages.end_run(
        case.tx,
        run.id,
        UNANSWERED,
        {"state": RunState.ACKNOWLEDGED, "responder": act.user, "acked_at": act.now},
    )
    if not won:
        raise _too_late(case, run)
    pages.answer(case.tx, page.id, PageState.ACKNOWLEDGED, act.now, "")
    settle_run(case, run.id)
    _tell_those_told(case, run)
    case.record(
        EntryKind.ACKNOWLEDGED, run=run.id, team=run.team_key, name=run.team_name, page=page.id
    )
    case.join_by_page(run)
    case.card_changed()


def _tell_those_told(case: Case, run: PagingRun) -> None:
    """Where the ladder had come to its end, people were told that nobody answered."""
    if run.state is RunState.EXHAUSTED:
        keep_true_of(case, Change.ANSWERED, run.id, case.id)


def _too_late(case: Case, run: PagingRun) -> AlreadyAcknowledged | NothingToAcknowledge:
    if run.state is RunState.ACKNOWLEDGED and run.responder and run.acked_at:
        yours = run.responder == case.act.user
        return AlreadyAcknowledged(
            case.reference, run.team_name, run.responder, run.acked_at, yours=yours
        )
    return nothing_to_acknowledge(case.incident)


def decline(db: Database, policy: Policy, act: Act, page_id: str, reason: str) -> Taken:
    """Someone cannot take it: the next one is paged at once."""
    reason = checked_text("why", reason, needed=False)
    with db.transaction(act) as tx:
        page = _page(tx, act, page_id)
        with take_up(
            tx, act, page.incident_id, Deed.ACKNOWLEDGE, ended_too=True, uninvited_too=True
        ) as case:
            _only_its_person(act, page)
            run = _run_of(tx, page)
            _still_paging(case, run, page)
            if not pages.answer(tx, page.id, PageState.DECLINED, act.now, reason):
                raise nothing_to_acknowledge(case.incident)
            case.record(
                EntryKind.DECLINED_PAGE,
                run=run.id,
                team=run.team_key,
                name=run.team_name,
                reason=reason,
            )
            case.send(page_changed(case, page))
            next_unless_others_wait(case, policy, run)
            case.card_changed()
            return Taken(case.id, case.reference, run.team_name, case.incident.severity)


def _still_paging(case: Case, run: PagingRun, page: Page) -> None:
    waits = page.state is PageState.WAITING and case.incident.ended_at is None
    if waits and run.state is RunState.EXHAUSTED:
        raise NobodyAfter(case.reference, run.team_name)
    if run.state is not RunState.PAGING:
        raise _too_late(case, run)


def hand_over(
    db: Database,
    policy: Policy,
    act: Act,
    incident_id: str,
    *,
    to_team: TeamKey | None = None,
    to_person: UserId | None = None,
    summary: str,
) -> Started:
    """Pass a person's part on, with a written summary."""
    to = _Successor.checked(to_team, to_person, summary)
    with db.transaction(act) as tx, take_up(tx, act, incident_id, Deed.PAGE) as case:
        return _pass_on(case, policy, to)


def hand_over_page(
    db: Database,
    policy: Policy,
    act: Act,
    page_id: str,
    *,
    to_team: TeamKey | None,
    to_person: UserId | None,
    summary: str,
) -> Started:
    """Hand over from the page itself: its run ends, the next one's begins."""
    to = _Successor.checked(to_team, to_person, summary)
    with db.transaction(act) as tx:
        page = _page(tx, act, page_id)
        with take_up(tx, act, page.incident_id, Deed.PAGE, uninvited_too=True) as case:
            _let_go(case, page)
            return _pass_on(case, policy, to)


@dataclass(frozen=True, slots=True)
class _Successor:
    """To whom a part is passed on, and with what words."""

    team: TeamKey | None
    person: UserId | None
    summary: str

    @property
    def key(self) -> str:
        """What the runs of this team or person are known by."""
        return str(self.team) if self.team is not None else f"{PERSON_PREFIX}{self.person}"

    @classmethod
    def checked(cls, team: TeamKey | None, person: UserId | None, summary: str) -> "_Successor":
        summary = checked_text("summary", summary, needed=False)
        if not summary:
            example = "statement drafted, Legal reads it"
            raise BadInput("summary", "a handover takes a summary", example)
        if team is None and person is None:
            raise BadInput("team", "say to whom: a team or a person", "pr")
        return cls(team, person, summary)


def _pass_on(case: Case, policy: Policy, to: _Successor) -> Started:
    case.record(
        EntryKind.HANDED_OVER,
        aloud=True,
        to_team=to.team,
        to_person=to.person,
        name=policy.teams[to.team].name if to.team else "",
        summary=to.summary,
    )
    started = being_paged(case, to.key) or _begun(case, policy, to)
    case.card_changed()
    return started


def _begun(case: Case, policy: Policy, to: _Successor) -> Started:
    reason = Reason(Occasion.HANDED_OVER, case.act.user, words=to.summary)
    if to.team is not None:
        started = start_team(case, policy, to.team, reason)
    elif to.person is not None:
        started = start_person(case, policy, to.person, reason)
    if not started.targets:
        raise NobodyToPage(started.team_name)
    return started


def _let_go(case: Case, page: Page) -> None:
    """Somebody answers for their team by naming another one, also after its last step."""
    run = _run_of(case.tx, page)
    _only_its_people(case.act, page, run)
    withdrawn = page.state is PageState.SUPERSEDED
    if withdrawn or not pages.end_run(case.tx, run.id, UNANSWERED, {"state": RunState.CANCELLED}):
        raise _too_late(case, run)
    settle_run(case, run.id)
    _tell_those_told(case, run)
