"""The card says when those were paged who are asked now, until when, and what follows."""

from datetime import timedelta

import pytest

from bot.domain.incidents.views import TeamRow
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.outlook import Follows
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.services.incidents import queries
from bot.services.paging import answers, starting
from bot.services.people import departures
from bot.store.database import Database
from tests.factories import MEI, NOON, PRIYA, TOM, WORKSPACE, an_act, an_incident, people
from tests.services import scene
from tests.services.paging.test_answers import LEGAL

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def the_row(db: Database, incident_id: str, minutes: int) -> TeamRow:
    [row] = queries.details(db, an_act(MEI, minutes=minutes), incident_id).card.teams
    return row


def test_after_a_refusal_the_card_shows_the_next_ones_time(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    first = the_row(db, incident_id, 0)
    assert (first.paged, first.paged_at, first.answer_by) == ((PRIYA,), NOON, first.ack_due_at)
    answers.decline(db, policy, an_act(PRIYA, minutes=4), scene.page_of(db, PRIYA), "a plane")
    row = the_row(db, incident_id, 5)
    assert (row.paged, row.paged_at) == ((TOM,), NOON + 4 * MINUTE)
    assert row.answer_by == row.next_at


def test_the_card_of_a_persons_run_says_that_the_managers_are_paged(
    db: Database, policy: Policy
) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    starting.page_person(db, policy, an_act(MEI), incident_id, TOM)
    assert the_row(db, incident_id, 60).follows is Follows.MANAGERS_PAGED
    answers.decline(db, policy, an_act(TOM, minutes=1), scene.page_of(db, TOM), "")
    assert the_row(db, incident_id, 60).follows is Follows.MANAGERS_TOLD


def test_who_leaves_slack_or_comes_back_has_the_promises_edited_that_name_them(
    db: Database, policy: Policy
) -> None:
    an_incident(db, policy, teams=(LEGAL,))
    answered = an_incident(db, policy, teams=(LEGAL,)).head.id
    answers.acknowledge_mine(db, an_act(PRIYA), answered)
    scene.send(db, policy)
    promised: list[Follows | None] = []
    for minute, gone in enumerate((True, True, False), 1):
        others = {user: {"deleted": gone} for user in (TOM, "U0JAMAL", "U0ELENA")}
        people(db, policy, **others)
        sent = scene.send(db, policy, NOON + minute * MINUTE)
        pages = [one.view for one in scene.letters(sent, DeliveryKind.PAGE_UPDATE)]
        promised += [page.follows for page in pages if isinstance(page, PageMessage)]
    assert promised == [Follows.AGAIN, Follows.PERSON], "said twice that they left, edited once"


def test_whom_slack_cannot_tell_is_no_ones_next_person(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    scene.send(db, policy)
    with db.transaction() as tx:
        departures.mark_gone(tx, policy, WORKSPACE, TOM, NOON + MINUTE)
    [edit] = scene.waiting(db, DeliveryKind.PAGE_UPDATE)
    assert edit.target == PRIYA
    assert [row.subject for row in scene.waiting(db, DeliveryKind.CARD_UPDATE)] == [incident_id]
