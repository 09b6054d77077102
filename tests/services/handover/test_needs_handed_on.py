"""Whoever takes over a part reads what was asked of it, also after several hand-overs."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.fallback.views_outside_slack import OutsidePage
from bot.domain.fallback.ways import Link
from bot.domain.ids import PageId, TeamKey, UserId
from bot.domain.incidents.needs import Need
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.services.fallback import link_page
from bot.services.handover import handing_over
from bot.services.handover.handing_over import HandedOver
from bot.services.paging import answers, starting
from bot.store.database import Database
from tests.factories import DANIEL, MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.invariants import assert_whole
from tests.services import scene

LEGAL, PR = TeamKey("legal"), TeamKey("pr")
OF_ALL, OF_LEGAL, OF_PR = "Answer by 17:00", "May we suspend him?", "Who speaks?"
NEEDS = (Need(OF_ALL), Need(OF_LEGAL, (LEGAL,)), Need(OF_PR, (PR,)))


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def opened(db: Database, policy: Policy, *teams: TeamKey, tier: Tier = Tier.STANDARD) -> str:
    needs = [need for need in NEEDS if set(need.teams) <= set(teams)]
    incident_id = an_incident(db, policy, teams=teams, tier=tier, needs=needs).head.id
    scene.send(db, policy)
    return incident_id


def hand_over(
    db: Database, policy: Policy, user: UserId, incident_id: str, minutes: int = 1, **to: object
) -> None:
    told: dict[str, Any] = {"to_team": None, "to_person": None, **to}
    done = handing_over.hand_over(
        db, policy, an_act(user, minutes=minutes), incident_id, **told, summary="see the draft"
    )
    assert isinstance(done, HandedOver)


def asked_of(db: Database, policy: Policy, user: UserId, minutes: int = 5) -> list[str]:
    """What somebody reads on their newest page: the same in Slack and outside it."""
    sent = scene.send(db, policy, NOON + timedelta(minutes=minutes))
    kinds = (DeliveryKind.PAGE, DeliveryKind.PAGE_UPDATE)
    views = [letter.view for kind in kinds for letter in scene.letters(sent, kind)]
    theirs = [view for view in views if isinstance(view, PageMessage) and view.target == user]
    assert outside(db, policy, user).needed == theirs[-1].needed
    return theirs[-1].needed.splitlines()


def outside(db: Database, policy: Policy, user: UserId) -> OutsidePage:
    page = PageId(scene.page_of(db, user))
    return link_page.look(db, policy, Link(page, user, NOON + timedelta(days=1)), NOON).page


@pytest.mark.parametrize("acknowledged", [True, False])
@pytest.mark.parametrize(
    ("to", "reader", "reads"),
    [
        ({"to_team": PR}, SOFIA, [OF_ALL, OF_LEGAL]),
        ({"to_person": DANIEL}, DANIEL, [OF_ALL, OF_LEGAL]),
        ({"to_team": LEGAL}, TOM, [OF_ALL, OF_LEGAL]),
    ],
)
def test_whoever_takes_over_reads_what_was_asked_of_the_team(
    db: Database,
    policy: Policy,
    acknowledged: bool,
    to: dict[str, Any],
    reader: UserId,
    reads: list[str],
) -> None:
    incident_id = opened(db, policy, LEGAL)
    if acknowledged:
        answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    hand_over(db, policy, PRIYA, incident_id, **to)
    assert asked_of(db, policy, reader) == reads
    assert_whole(db)


def test_a_chain_of_hand_overs_drops_nothing(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, LEGAL)
    hand_over(db, policy, PRIYA, incident_id, to_team=PR)
    answers.acknowledge(db, an_act(SOFIA, minutes=2), scene.page_of(db, SOFIA))
    hand_over(db, policy, SOFIA, incident_id, 3, to_person=DANIEL)
    hand_over(db, policy, DANIEL, incident_id, 4, to_person=TOM)
    assert asked_of(db, policy, TOM) == [OF_ALL, OF_LEGAL]


def test_a_page_that_goes_on_shows_what_was_asked_of_the_other_team(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, LEGAL, PR)
    hand_over(db, policy, PRIYA, incident_id, to_team=PR)
    assert asked_of(db, policy, SOFIA) == [OF_ALL, OF_LEGAL, OF_PR]


def test_two_parts_that_one_person_hands_over_are_both_asked_for(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, LEGAL)
    hand_over(db, policy, PRIYA, incident_id, to_person=DANIEL)
    starting.page_person(db, policy, an_act(MEI, minutes=2), incident_id, PRIYA)
    hand_over(db, policy, PRIYA, incident_id, 3, to_person=DANIEL)
    assert asked_of(db, policy, DANIEL) == [OF_ALL, OF_LEGAL]


def test_a_team_that_is_paged_again_is_asked_for_what_it_took_over(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, LEGAL)
    hand_over(db, policy, PRIYA, incident_id, to_team=PR)
    answers.acknowledge(db, an_act(SOFIA, minutes=2), scene.page_of(db, SOFIA))
    starting.page_team(db, policy, an_act(MEI, minutes=3), incident_id, PR, "we need you back")
    assert asked_of(db, policy, SOFIA) == [OF_ALL, OF_LEGAL]


def test_what_was_passed_on_is_not_asked_for_again_of_the_giver(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, LEGAL)
    hand_over(db, policy, PRIYA, incident_id, to_person=DANIEL)
    hand_over(db, policy, DANIEL, incident_id, 2, to_team=PR)
    starting.page_person(db, policy, an_act(MEI, minutes=3), incident_id, DANIEL, "a question")
    assert asked_of(db, policy, DANIEL) == [OF_ALL]


def test_a_restricted_one_tells_its_lines_to_those_who_are_in_it(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, LEGAL, tier=Tier.RESTRICTED)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    hand_over(db, policy, PRIYA, incident_id, to_team=PR)
    assert asked_of(db, policy, SOFIA) == []
    answers.acknowledge(db, an_act(SOFIA, minutes=6), scene.page_of(db, SOFIA))
    sent = scene.send(db, policy, NOON + timedelta(minutes=7))
    [view] = [
        letter.view
        for letter in scene.letters(sent, DeliveryKind.PAGE_UPDATE)
        if isinstance(letter.view, PageMessage) and letter.view.target == SOFIA
    ]
    assert view.needed.splitlines() == [OF_ALL, OF_LEGAL]
    assert outside(db, policy, SOFIA).needed == ""


WORDS = "How many videos are there?"


def questions_on(db: Database, policy: Policy, user: UserId, minutes: int = 9) -> list[str]:
    """What somebody's newest page says that those were asked who handed over: of whom, and what."""
    sent = scene.send(db, policy, NOON + timedelta(minutes=minutes))
    kinds = (DeliveryKind.PAGE, DeliveryKind.PAGE_UPDATE)
    views = [letter.view for kind in kinds for letter in scene.letters(sent, kind)]
    theirs = [view for view in views if isinstance(view, PageMessage) and view.target == user]
    return [f"{question.name}: {question.words}" for question in theirs[-1].questions]


@pytest.mark.parametrize("acknowledged", [True, False])
@pytest.mark.parametrize("joined", [True, False])
def test_what_a_team_was_paged_for_is_on_the_page_of_whoever_takes_over(
    db: Database, policy: Policy, acknowledged: bool, joined: bool
) -> None:
    incident_id = opened(db, policy, *([PR] if joined else []))
    starting.page_team(db, policy, an_act(MEI), incident_id, LEGAL, WORDS)
    scene.send(db, policy)
    if acknowledged:
        answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    hand_over(db, policy, PRIYA, incident_id, 2, to_team=PR)
    assert questions_on(db, policy, SOFIA, 3) == [f"Legal: {WORDS}"]


def test_questions_pass_on_with_a_chain_of_hand_overs(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, LEGAL)
    starting.page_team(db, policy, an_act(MEI), incident_id, LEGAL, WORDS)
    hand_over(db, policy, PRIYA, incident_id, 2, to_team=PR)
    starting.page_team(db, policy, an_act(MEI, minutes=3), incident_id, PR, "Who speaks?")
    hand_over(db, policy, SOFIA, incident_id, 4, to_person=DANIEL)
    passed = [f"Legal: {WORDS}", "PR: Who speaks?"]
    assert questions_on(db, policy, DANIEL, 5) == passed
    quoted = [one.words for one in outside(db, policy, DANIEL).quoted]
    assert quoted == ["see the draft", WORDS, "Who speaks?"]
    answers.acknowledge(db, an_act(DANIEL, minutes=6), scene.page_of(db, DANIEL))
    starting.page_person(db, policy, an_act(MEI, minutes=7), incident_id, DANIEL, "Are you there?")
    assert questions_on(db, policy, DANIEL, 8) == passed, "paged again, they are asked for all"
    assert_whole(db)


def test_a_question_is_told_only_to_those_who_may_read_it(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy, tier=Tier.RESTRICTED)
    starting.page_team(db, policy, an_act(MEI), incident_id, LEGAL, WORDS)
    hand_over(db, policy, PRIYA, incident_id, 2, to_team=PR)
    [view] = [
        letter.view
        for letter in scene.letters(
            scene.send(db, policy, NOON + timedelta(minutes=3)), DeliveryKind.PAGE
        )
        if isinstance(letter.view, PageMessage) and letter.view.target == SOFIA
    ]
    assert view.questions == ()
    assert WORDS not in str(view)
    answers.acknowledge(db, an_act(SOFIA, minutes=4), scene.page_of(db, SOFIA))
    assert questions_on(db, policy, SOFIA, 5) == [f"Legal: {WORDS}"]
