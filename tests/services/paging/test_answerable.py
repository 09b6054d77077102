"""A form that asks for a reason opens only where the answer would be taken."""

from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyAcknowledged, NobodyAfter, NothingToAcknowledge, NotYours
from bot.domain.ids import TeamKey
from bot.policy import Policy
from bot.services.incidents import lifecycle
from bot.services.paging import answers
from bot.store.database import Database
from tests.factories import DANIEL, NOON, PRIYA, TOM, an_act, an_incident, people
from tests.services import scene

MINUTES = timedelta(minutes=1)


@pytest.fixture
def opened(db: Database, policy: Policy) -> str:
    people(db, policy)
    return an_incident(db, policy, teams=(TeamKey("legal"),)).head.id


@pytest.fixture
def page(db: Database, opened: str) -> str:
    assert opened
    return scene.page_of(db, PRIYA)


def test_a_page_that_waits_is_declined_and_handed_over(db: Database, page: str) -> None:
    answers.require_answerable(db, an_act(PRIYA), page, own=True)
    answers.require_answerable(db, an_act(PRIYA), page)


def test_others_on_the_ladder_hand_over_a_page_but_do_not_decline_it(
    db: Database, page: str
) -> None:
    answers.require_answerable(db, an_act(TOM), page)
    with pytest.raises(NotYours):
        answers.require_answerable(db, an_act(TOM), page, own=True)
    with pytest.raises(NotYours):
        answers.require_answerable(db, an_act(DANIEL), page)


@pytest.mark.parametrize("own", [True, False])
def test_after_another_acknowledged_it_is_too_late(db: Database, page: str, own: bool) -> None:
    answers.acknowledge(db, an_act(TOM, minutes=1), page)
    with pytest.raises(AlreadyAcknowledged) as late:
        answers.require_answerable(db, an_act(PRIYA, minutes=2), page, own=own)
    assert late.value.by == TOM


@pytest.mark.parametrize("own", [True, False])
def test_after_the_end_it_is_too_late(db: Database, opened: str, page: str, own: bool) -> None:
    lifecycle.decline(db, an_act(minutes=1), opened, "not ours")
    with pytest.raises(NothingToAcknowledge):
        answers.require_answerable(db, an_act(PRIYA, minutes=2), page, own=own)


def test_what_one_has_declined_is_not_declined_again(
    db: Database, policy: Policy, page: str
) -> None:
    answers.decline(db, policy, an_act(PRIYA), page, "a plane")
    with pytest.raises(NothingToAcknowledge):
        answers.require_answerable(db, an_act(PRIYA), page, own=True)


def test_the_last_on_a_ladder_hands_over_but_cannot_decline(
    db: Database, policy: Policy, page: str
) -> None:
    """After the last step, no one is left who could be paged instead."""
    for quarter in range(1, 9):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
    answers.require_answerable(db, an_act(PRIYA), page)
    with pytest.raises(NobodyAfter):
        answers.require_answerable(db, an_act(PRIYA), page, own=True)
