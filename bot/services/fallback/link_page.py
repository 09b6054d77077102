"""The web page behind a page's link: its content, and the acknowledgement there."""

from dataclasses import replace
from datetime import datetime

from bot.domain.access.rights import Deed, may, require
from bot.domain.access.visibility import Place
from bot.domain.act import THE_BOT, Act, Role, Workspace
from bot.domain.errors import NotYours, RoleUnknown
from bot.domain.fallback.views_outside_slack import (
    LinkedPage,
    LinkStatus,
    OutsideExhausted,
    OutsidePage,
    Quoted,
)
from bot.domain.fallback.ways import Link
from bot.domain.ids import PageId
from bot.domain.incidents.needs import needed_of
from bot.domain.paging.ladders import (
    STILL_ASKED,
    UNANSWERED,
    Ladder,
    PageState,
    RunState,
    person_of,
)
from bot.domain.paging.reasons import of_a_page, passed_on, questions_of
from bot.policy import Policy
from bot.services import views
from bot.services.access import identity
from bot.services.access.belonging import may_read
from bot.services.handover.held_parts import parts_taken_over
from bot.services.paging import answers
from bot.services.paging.answers import Taken
from bot.services.paging.page_views import Around, asked_of, place_of
from bot.store.access import participants
from bot.store.database import Database
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.tables import Incident, Page, PagingRun
from bot.store.transaction import Transaction

US = "Tocsin"


def look(
    db: Database, policy: Policy, link: Link, now: datetime, *, roles_known: bool = True
) -> LinkedPage:
    """Return a page as it is now. Raises NotYours, and NotPermitted for a person with no rights
    left: the message that they once got says enough.
    """
    with db.reading() as tx:
        page, run, incident = rows(tx, link.page_id)
        act = _follows(tx, policy, link, page, now)
        require(replace(act, unsure=not roles_known), Deed.ACKNOWLEDGE)
        reads = _reads(tx, policy, link, incident)
        return LinkedPage(
            outside_page(tx, policy, page, run, incident),
            _standing(link, page, run, incident),
            by=_name(tx, run, run.responder),
            at=run.acked_at,
            reads=reads,
            holds=reads and passed_on(run.why_asked) is None,
        )


def acknowledge(
    db: Database, policy: Policy, link: Link, now: datetime, *, roles_known: bool = True
) -> Taken:
    """Take the page on, as its button in Slack does. Each link works once.

    Raises AlreadyHandled, AlreadyAcknowledged, NothingToAcknowledge, NotPermitted and the rest of
    the button's errors: a link gives no rights that its person lacks.
    """
    with db.reading() as tx:
        page, _, _ = rows(tx, link.page_id)
    workspace = Workspace(page.team_id, page.enterprise_id)
    key = f"link:{link.page_id}:{link.user}:{int(link.expires_at.timestamp())}"
    act = identity.identify(db, policy, workspace, link.user, now, key)
    if act is None:
        raise RoleUnknown
    if act.role is Role.NOBODY:
        require(replace(act, unsure=not roles_known), Deed.ACKNOWLEDGE)
    return answers.acknowledge(db, act, link.page_id)


def _follows(tx: Transaction, policy: Policy, link: Link, page: Page, now: datetime) -> Act:
    """Return an act for the person who follows a link; it is good for reading only."""
    workspace = Workspace(page.team_id, page.enterprise_id)
    role = identity.role_in(tx, policy, workspace, link.user)
    kept_out = bool(people_and_groups.gone(tx, workspace, [link.user]))
    return Act(workspace, link.user, role, now, kept_out=kept_out)


def rows(tx: Transaction, page_id: PageId | str) -> tuple[Page, PagingRun, Incident]:
    """Return a page with its run and its incident; raises NotYours."""
    page = pages.page(tx, page_id)
    run = pages.run(tx, page.run_id) if page else None
    incident = incident_rows.get(tx, page.incident_id) if page else None
    if page is None or run is None or incident is None:
        raise NotYours
    return page, run, incident


def outside_page(
    tx: Transaction,
    policy: Policy,
    page: Page,
    run: PagingRun,
    incident: Incident,
    *,
    may_repeat: bool = False,
) -> OutsidePage:
    """Return what a message outside Slack may say about a page."""
    head = views.head_in(incident, Place.OUTSIDE)
    around = _around(tx, run)
    asked = asked_of(page, run, around)
    asked_first = person_of(run.team_key)
    return OutsidePage(
        reference=head.reference,
        severity=head.severity,
        title=head.name if head.full else None,
        team_name=run.team_name,
        in_person=asked_first == page.target,
        asked_by=_name(tx, run, run.requested_by),
        paged_at=page.created_at,
        answer_by=asked.by,
        follows=asked.follows,
        exhausted=run.state is RunState.EXHAUSTED,
        may_repeat=may_repeat,
        zone=_zone(tx, policy, run, page.target),
        place=place_of(run, around) if asked_first not in (None, page.target) else None,
        needed=needed_of(head.needs, (run.team_key, *parts_taken_over(run))),
        criteria=head.criteria,
        affected=head.affected,
        references=len(head.references),
        links=head.links,
        quoted=_quoted(tx, run) if head.full else (),
    )


def _quoted(tx: Transaction, run: PagingRun) -> tuple[Quoted, ...]:
    """Return the reasons and questions that the page in Slack shows, if a person wrote any."""
    reasons = of_a_page(run.why_asked, full=True)
    said = [(reason.by, reason.words) for reason in reasons if reason.words]
    said += [(question.by, question.words) for question in questions_of(reasons)]
    return tuple(Quoted(_name(tx, run, by), words) for by, words in said)


def outside_exhausted(
    tx: Transaction,
    policy: Policy,
    run: PagingRun,
    incident: Incident,
    reader: str,
    *,
    may_repeat: bool = False,
) -> OutsideExhausted:
    """Return what a message outside Slack may say about a team that did not answer."""
    head = views.head_in(incident, Place.OUTSIDE)
    told = pages.pages_of_run(tx, run.id)
    untold = views.unsent_of(told)
    tried = dict.fromkeys(page.target for page in told if page.target not in untold)
    person = person_of(run.team_key)
    return OutsideExhausted(
        reference=head.reference,
        severity=head.severity,
        title=head.name if head.full else None,
        team_name=run.team_name,
        asked_by=_name(tx, run, run.requested_by),
        tried=tuple(_name(tx, run, user) for user in tried),
        untold=tuple(_name(tx, run, user) for user in untold),
        started_at=run.started_at,
        ack_due_at=run.ack_due_at,
        may_repeat=may_repeat,
        zone=_zone(tx, policy, run, reader),
        in_person=person is not None,
        you=person == reader,
        declined=place_of(run, Around(told)) is PageState.DECLINED,
        said_no=tuple(_name(tx, run, user) for user in views.said_no_of(told) if user != person),
    )


def _around(tx: Transaction, run: PagingRun) -> Around:
    """Return the run's pages, and the people on its ladder who count as gone."""
    workspace = Workspace(run.team_id, run.enterprise_id)
    on_it = {user for step in Ladder.from_json(run.ladder).steps for user in step.targets}
    return Around(pages.pages_of_run(tx, run.id), people_and_groups.gone(tx, workspace, on_it))


def _zone(tx: Transaction, policy: Policy, run: PagingRun, user: str) -> str:
    """Return the name of the person's time zone, or else of the policy's."""
    return identity.zone_in(tx, policy, Workspace(run.team_id, run.enterprise_id), user).key


def _name(tx: Transaction, run: PagingRun, user: str | None) -> str:
    """Return a person's name: a member ID means nothing outside Slack."""
    if user is None or user == THE_BOT:
        return US
    return people_and_groups.name_of(
        people_and_groups.person(tx, Workspace(run.team_id, run.enterprise_id), user)
    )


def _reads(tx: Transaction, policy: Policy, link: Link, incident: Incident) -> bool:
    """Tell whether `/escalate` would show this person the incident and let them act on it."""
    workspace = Workspace(incident.team_id, incident.enterprise_id)
    role = identity.role_in(tx, policy, workspace, link.user)
    invited = participants.seats(tx, incident.id)
    kept_out = bool(people_and_groups.gone(tx, workspace, [link.user]))
    reads = may_read(incident, link.user, role, invited, kept_out=kept_out)
    return may(role, Deed.READ) and reads


def _standing(link: Link, page: Page, run: PagingRun, incident: Incident) -> LinkStatus:
    if run.state is RunState.ACKNOWLEDGED:
        return LinkStatus.YOURS if run.responder == link.user else LinkStatus.TAKEN
    if incident.ended_at is not None:
        return LinkStatus.ENDED
    waiting = run.state in UNANSWERED and page.state in STILL_ASKED
    return LinkStatus.WAITING if waiting else LinkStatus.WITHDRAWN
