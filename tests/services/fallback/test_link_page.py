"""What is said past Slack is what the page in Slack says: its own step's time, and who is left."""

from datetime import timedelta

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.fallback.views_outside_slack import (
    LinkStatus,
    OutsideExhausted,
    OutsidePage,
    Quoted,
)
from bot.domain.fallback.ways import Link
from bot.domain.ids import PageId, TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import PageState, RunState
from bot.domain.paging.outlook import Follows
from bot.domain.paging.page_messages import PageMessage
from bot.domain.recorded import NAMELESS
from bot.policy import Policy
from bot.services.fallback import link_page
from bot.services.paging import starting
from bot.store.database import Database
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups as stored
from bot.store.tables import Page
from tests.factories import MEI, NOON, PRIYA, WORKSPACE, an_act, an_incident, people
from tests.services import scene

LEGAL = TeamKey("legal")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def behind_the_link(db: Database, policy: Policy, page: Page) -> OutsidePage:
    link = Link(PageId(page.id), UserId(page.target), NOON + DAY)
    seen = link_page.look(db, policy, link, NOON)
    assert seen.standing is LinkStatus.WAITING
    return seen.page


def past_slack(db: Database, policy: Policy, page: Page) -> OutsidePage:
    """What an e-mail says, to whomever it goes."""
    with db.reading() as tx:
        return link_page.outside_page(tx, policy, *link_page.rows(tx, page.id))


def told(db: Database, policy: Policy) -> OutsideExhausted:
    run = scene.run_of(db, "legal")
    with db.reading() as tx:
        incident = incident_rows.get(tx, run.incident_id)
        assert incident is not None
        return link_page.outside_exhausted(tx, policy, run, incident, MEI)


def test_a_page_past_slack_says_what_the_one_in_slack_says(db: Database, policy: Policy) -> None:
    an_incident(db, policy, teams=(LEGAL,), severity=Severity.P0)
    compared, now = [], NOON
    while (run := scene.run_of(db, "legal")).state is RunState.PAGING:
        for letter in scene.letters(scene.send(db, policy, now), DeliveryKind.PAGE):
            view = letter.view
            assert isinstance(view, PageMessage)
            [page] = [one for one in scene.all_pages(db, "legal") if one.id == view.page_id]
            past = behind_the_link(db, policy, page)
            assert (past.answer_by, past.follows) == (view.answer_by, view.follows)
            assert past.answer_by == run.next_at
            compared.append(past.follows is Follows.MANAGERS_TOLD)
        assert run.next_at is not None
        now = run.next_at
        scene.tick(db, policy, now)
    assert compared[0] is False
    assert compared[-1] is True
    waiting = [page for page in scene.all_pages(db, "legal") if page.state is PageState.WAITING]
    assert waiting
    for page in waiting:
        past = behind_the_link(db, policy, page)
        assert (past.answer_by, past.follows, past.exhausted) == (None, None, True)


def test_only_whose_page_slack_took_were_paged(db: Database, policy: Policy) -> None:
    an_incident(db, policy, teams=(LEGAL,))
    scene.send(db, policy)
    while (run := scene.run_of(db, "legal")).state is RunState.PAGING:
        assert run.next_at is not None
        scene.tick(db, policy, run.next_at)
    said = told(db, policy)
    paged = {page.target for page in scene.all_pages(db, "legal")}
    sent = {page.target for page in scene.all_pages(db, "legal") if page.sent_at is not None}
    assert sent == {PRIYA}
    assert len(said.tried) == 1
    assert len(said.untold) == len(paged) - 1 > 0
    assert not {*said.tried} & {*said.untold}


@pytest.mark.parametrize("told", [{"name": ""}, {"name": " ", "real_name": "\u200b"}, None])
def test_a_person_without_a_name_in_slack_is_never_named_by_their_id(
    db: Database, policy: Policy, told: dict[str, str] | None
) -> None:
    """Nor one of whom Slack only says that they are not there."""
    nameless = "U0NONAME"
    if told is not None:
        people(db, policy, **{nameless: told})
    asker = an_act(nameless, role=Role.RESPONDER)
    opened = an_incident(db, policy, asker, teams=(LEGAL,), severity=Severity.P0)
    starting.page_person(db, policy, an_act(), opened.head.id, UserId(nameless))
    if told is None:
        with db.transaction() as tx:
            stored.mark_gone(tx, WORKSPACE, nameless, NOON)
    [page] = scene.all_pages(db, "legal")[:1]
    [theirs] = scene.all_pages(db, f"person:{nameless}")[:1]
    names = (
        past_slack(db, policy, page).asked_by,
        past_slack(db, policy, theirs).team_name,
    )
    assert names == (NAMELESS, NAMELESS)


@pytest.mark.parametrize("tier", list(Tier))
def test_the_reasons_for_a_page_are_read_past_slack_unless_it_is_restricted(
    db: Database, policy: Policy, tier: Tier
) -> None:
    opened = an_incident(db, policy, teams=(), tier=tier)
    page_legal = (opened.head.id, LEGAL)
    starting.page_team(db, policy, an_act(), *page_legal, "may we publish her statement?")
    starting.page_team(db, policy, an_act(MEI), *page_legal, "and how soon?")
    [page] = scene.all_pages(db, "legal")
    asked = (Quoted("u0mei", "may we publish her statement?"), Quoted("u0mei", "and how soon?"))
    for past in (past_slack(db, policy, page), behind_the_link(db, policy, page)):
        assert past.quoted == (asked if tier is Tier.STANDARD else ())


def test_a_page_for_no_stated_reason_quotes_no_one(db: Database, policy: Policy) -> None:
    an_incident(db, policy, teams=(LEGAL,))
    [page] = scene.all_pages(db, "legal")
    assert past_slack(db, policy, page).quoted == ()
