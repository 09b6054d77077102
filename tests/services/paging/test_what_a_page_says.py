"""What a page says of the ladder that it is a step of."""

from datetime import timedelta

import pytest

from bot.domain.ids import TeamKey, UserId
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.services.paging import starting
from bot.store.database import Database
from tests.factories import NOON, PRIYA, TOM, an_act, an_incident, people
from tests.services import scene

MINUTES = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def opened(db: Database, policy: Policy) -> str:
    people(db, policy)
    return an_incident(db, policy, teams=(TeamKey("legal"),)).head.id


def pages(db: Database, policy: Policy, minutes: int) -> dict[UserId, PageMessage]:
    """The pages that go out at that time, by person."""
    scene.tick(db, policy, NOON + minutes * MINUTES)
    sent = scene.letters(scene.send(db, policy, NOON + minutes * MINUTES), DeliveryKind.PAGE)
    return {one.view.target: one.view for one in sent if isinstance(one.view, PageMessage)}


def test_it_says_whether_its_person_was_asked_before(db: Database, policy: Policy) -> None:
    first, second = pages(db, policy, 0), pages(db, policy, 15)
    assert {user: view.asked_before for user, view in (first | second).items()} == {
        PRIYA: False,
        TOM: False,
    }
    later = [pages(db, policy, quarter * 15) for quarter in range(2, 9)]
    again = [sent[PRIYA].asked_before for sent in later if PRIYA in sent]
    assert again == [True] * len(again) != []


def test_a_page_of_an_open_escalation_does_not_say_that_it_has_ended(
    db: Database, policy: Policy
) -> None:
    assert [view.ended for view in pages(db, policy, 0).values()] == [False]


def test_the_page_of_a_step_says_that_the_ladder_went_on_once_it_did(
    db: Database, policy: Policy
) -> None:
    """Its message is edited when the next person is paged."""
    assert [view.went_on for view in pages(db, policy, 0).values()] == [False]
    scene.tick(db, policy, NOON + 15 * MINUTES)
    sent = scene.send(db, policy, NOON + 15 * MINUTES)
    edited = [one.view for one in scene.letters(sent, DeliveryKind.PAGE_UPDATE)]
    assert [(view.target, view.went_on) for view in edited] == [(PRIYA, True)]


def test_the_card_shows_a_team_that_is_paged_later(
    db: Database, policy: Policy, opened: str
) -> None:
    scene.send(db, policy)
    scene.send(db, policy, NOON + MINUTES)
    assert not scene.waiting(db, DeliveryKind.CARD_UPDATE)
    starting.page_team(db, policy, an_act(minutes=2), opened, TeamKey("pr"))
    assert scene.waiting(db, DeliveryKind.CARD_UPDATE)
