"""What is said to people who decline, come too late, or hand over to those who said no."""

from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyAcknowledged
from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind
from bot.domain.unanswered.manager_messages import ExhaustedMessage
from bot.policy import Policy
from bot.services.fallback import link_page
from bot.services.handover import handing_over
from bot.services.paging import answers, starting
from bot.services.paging.answers import Declined
from bot.store.database import Database
from tests.factories import DANIEL, NOON, PRIYA, TOM, an_act, an_incident, people
from tests.services import scene

LEGAL = TeamKey("legal")
MINUTES = timedelta(minutes=1)


@pytest.fixture
def opened(db: Database, policy: Policy) -> str:
    people(db, policy)
    return an_incident(db, policy, teams=(LEGAL,)).head.id


def declined(db: Database, policy: Policy, user: str, minutes: int) -> Declined:
    act = an_act(user, minutes=minutes)
    return answers.decline(db, policy, act, scene.page_of(db, act.user), "a plane")


@pytest.mark.usefixtures("opened")
def test_a_person_who_declines_reads_who_is_paged_or_has_been(db: Database, policy: Policy) -> None:
    scene.tick(db, policy, NOON + 15 * MINUTES)
    first = declined(db, policy, PRIYA, 16)
    assert (first.paged, first.waiting) == ((), (TOM,))
    second = declined(db, policy, TOM, 17)
    assert second.paged
    assert {PRIYA, TOM}.isdisjoint(second.paged)
    for user in second.paged:
        last = declined(db, policy, user, 18)
    assert (last.paged, last.waiting) == ((), ())


def test_the_backup_who_comes_too_late_reads_who_took_it(
    db: Database, policy: Policy, opened: str
) -> None:
    declined(db, policy, PRIYA, 1)
    answers.acknowledge(db, an_act(TOM, minutes=2), scene.page_of(db, TOM))
    with pytest.raises(AlreadyAcknowledged) as told:
        answers.acknowledge_mine(db, an_act(PRIYA, minutes=3), opened)
    assert (told.value.by, told.value.yours) == (TOM, False)


def test_managers_read_that_a_person_declined_and_not_that_they_are_silent(
    db: Database, policy: Policy, opened: str
) -> None:
    starting.page_person(db, policy, an_act(), opened, DANIEL)
    scene.send(db, policy)
    declined(db, policy, DANIEL, 1)
    for quarter in range(1, 9):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
    told = scene.letters(scene.send(db, policy, NOON + 120 * MINUTES), DeliveryKind.EXHAUSTED)
    views = [letter.view for letter in told if isinstance(letter.view, ExhaustedMessage)]
    of_daniel = [view for view in views if view.team.person == DANIEL]
    assert of_daniel
    assert all(view.declined for view in of_daniel)
    assert not any(view.declined for view in views if view.team.person is None)


def test_a_person_who_declined_is_no_longer_listed_as_paged_now(
    db: Database, policy: Policy, opened: str
) -> None:
    for quarter in (1, 2):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
    others = declined(db, policy, PRIYA, 31).waiting
    [legal] = scene.card(db, opened).teams
    assert legal.paged_at == NOON + 30 * MINUTES
    assert set(legal.paged) == set(others)


def test_managers_read_who_of_a_team_declined(db: Database, policy: Policy, opened: str) -> None:
    scene.send(db, policy)
    declined(db, policy, PRIYA, 1)
    [view] = of_legal(db, policy)
    assert (view.said_no, view.refused) == ((PRIYA,), False)
    assert PRIYA in view.tried
    run, incident = scene.run_of(db, "legal"), scene.incident(db, opened)
    with db.reading() as tx:
        outside = link_page.outside_exhausted(tx, policy, run, incident, DANIEL)
    assert len(outside.said_no) == 1
    assert set(outside.said_no) < set(outside.tried)


@pytest.mark.usefixtures("opened")
def test_managers_read_that_everyone_on_a_team_declined(db: Database, policy: Policy) -> None:
    for quarter in (1, 2):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
        scene.send(db, policy, NOON + quarter * 15 * MINUTES)
    for user in scene.run_of(db, "legal").ladder["steps"][-1]["targets"]:
        declined(db, policy, user, 31)
    assert all(view.refused for view in of_legal(db, policy))


def of_legal(db: Database, policy: Policy) -> list[ExhaustedMessage]:
    """The first message to a manager about Legal, however long that takes."""
    for quarter in range(3, 12):
        at = NOON + quarter * 15 * MINUTES
        scene.tick(db, policy, at)
        told = scene.letters(scene.send(db, policy, at), DeliveryKind.EXHAUSTED)
        views = [letter.view for letter in told if letter.view.team.team == LEGAL]
        if views:
            return views[:1]
    raise AssertionError("no manager was told")


def test_a_handover_to_the_team_passes_over_those_who_said_no(
    db: Database, policy: Policy, opened: str
) -> None:
    declined(db, policy, PRIYA, 1)
    answers.acknowledge(db, an_act(TOM, minutes=2), scene.page_of(db, TOM))
    done = handing_over.hand_over(
        db, policy, an_act(TOM, minutes=3), opened, to_team=LEGAL, summary="drafted"
    )
    assert isinstance(done, handing_over.HandedOver)
    assert done.to.targets
    assert {PRIYA, TOM}.isdisjoint(done.to.targets)
    scene.tick(db, policy, NOON + timedelta(hours=2))
    assert scene.paged(db, "legal").count(PRIYA) == 1
