"""Who is being paged, or has acknowledged, is asked for once more."""

from datetime import timedelta

import pytest

from bot.domain.errors import AlreadyPaged
from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.services.access import manual_joins
from bot.services.handover import handing_over
from bot.services.paging import answers, starting
from bot.store.database import Database
from tests.factories import MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.services import scene

LEGAL, PR = TeamKey("legal"), TeamKey("pr")
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def taken_by_priya(db: Database, policy: Policy, *, in_person: bool = False) -> str:
    incident_id = an_incident(db, policy, teams=() if in_person else (LEGAL,)).head.id
    if in_person:
        starting.page_person(db, policy, an_act(), incident_id, PRIYA)
    answers.acknowledge(db, an_act(PRIYA, minutes=5), scene.page_of(db, PRIYA))
    return incident_id


@pytest.mark.parametrize("in_person", [False, True])
def test_who_has_acknowledged_is_paged_again_only_for_a_reason(
    db: Database, policy: Policy, in_person: bool
) -> None:
    incident_id = taken_by_priya(db, policy, in_person=in_person)
    teams, users = ([], [PRIYA]) if in_person else ([LEGAL], [])
    before = len(scene.all_pages(db))
    with pytest.raises(AlreadyPaged) as refused:
        starting.page_all(db, policy, an_act(TOM), incident_id, teams, users)
    [run] = refused.value.runs
    assert (run.acknowledged, run.by, run.at) == (True, PRIYA, NOON + 5 * MINUTE)
    assert len(scene.all_pages(db)) == before
    starting.page_all(db, policy, an_act(TOM), incident_id, teams, users, "the notice has changed")
    assert len(scene.all_pages(db)) == before + 1


def test_others_who_are_named_beside_them_are_paged(db: Database, policy: Policy) -> None:
    incident_id = taken_by_priya(db, policy)
    legal, pr = starting.page_all(db, policy, an_act(), incident_id, [LEGAL, PR], [])
    assert (legal.run.responder, legal.targets) == (PRIYA, ())
    assert (pr.begun_before, pr.targets) == (False, (SOFIA,))


def test_who_has_handed_it_over_is_paged_again(db: Database, policy: Policy) -> None:
    incident_id = taken_by_priya(db, policy, in_person=True)
    handing_over.hand_over(
        db, policy, an_act(PRIYA, minutes=6), incident_id, to_person=SOFIA, summary="it is drafted"
    )
    again = starting.page_person(db, policy, an_act(minutes=7), incident_id, PRIYA)
    assert again.targets == (PRIYA,)


def test_who_has_left_slack_does_not_stand_for_their_team(db: Database, policy: Policy) -> None:
    incident_id = taken_by_priya(db, policy)
    people(db, policy, **{PRIYA: {"deleted": True}})
    assert starting.page_team(db, policy, an_act(minutes=7), incident_id, LEGAL).targets == (TOM,)


def test_another_reason_is_on_the_page_and_on_the_timeline(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    scene.send(db, policy)
    before = len(scene.all_pages(db))
    again = starting.page_team(db, policy, an_act(TOM), incident_id, LEGAL, "a second notice")
    assert (again.begun_before, again.told, again.run.requested_by) == (True, True, MEI)
    [edited] = scene.letters(scene.send(db, policy, NOON + MINUTE), DeliveryKind.PAGE_UPDATE)
    assert isinstance(edited.view, PageMessage)
    assert edited.view.reasons[-1].words == "a second notice"
    assert edited.view.reasons[-1].by == TOM
    assert scene.kinds_of_entries(db, incident_id)[-1] == "asked again"
    assert len(scene.all_pages(db)) == before


def test_whoever_is_told_that_their_reason_is_added_finds_it_on_the_page(
    db: Database, policy: Policy
) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    said = [f"question {number}" for number in range(6)]
    for words in said:
        assert starting.page_team(db, policy, an_act(TOM), incident_id, LEGAL, words).told
    [page] = scene.letters(scene.send(db, policy, NOON + MINUTE), DeliveryKind.PAGE)
    assert isinstance(page.view, PageMessage)
    assert [reason.words for reason in page.view.reasons] == ["", *said]


def test_the_same_reason_is_not_added_twice(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    starting.page_team(db, policy, an_act(TOM), incident_id, LEGAL, "a second notice")
    with pytest.raises(AlreadyPaged):
        starting.page_team(db, policy, an_act(TOM), incident_id, LEGAL, "a second notice")


@pytest.mark.parametrize("loses", [None, "Slack", "seat"])
def test_a_team_is_paged_again_once_its_responder_cannot_work_on_it(
    db: Database, policy: Policy, loses: str | None
) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    answers.acknowledge(db, an_act(PRIYA, minutes=1), scene.page_of(db, PRIYA))
    if loses == "Slack":
        people(db, policy, U0PRIYA={"deleted": True})
    if loses == "seat":
        manual_joins.left(db, policy, an_act(PRIYA, minutes=2), incident_id, PRIYA)
    if loses is None:
        with pytest.raises(AlreadyPaged):
            starting.page_team(db, policy, an_act(minutes=3), incident_id, LEGAL)
    else:
        assert starting.page_team(db, policy, an_act(minutes=3), incident_id, LEGAL).targets
