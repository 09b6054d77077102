"""A backup who is awake takes it before their turn."""

from datetime import timedelta

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import AlreadyAcknowledged, NothingToAcknowledge, NotYours, WhichTeam
from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import PageState, RunState
from bot.policy import Policy
from bot.services.incidents import lifecycle
from bot.services.paging import answers, starting
from bot.store.access import participants
from bot.store.database import Database
from tests.factories import DANIEL, MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.services import scene

LEGAL = TeamKey("legal")


@pytest.fixture(autouse=True)
def everyone_is_known(db: Database, policy: Policy) -> None:
    people(db, policy)


@pytest.mark.parametrize("tier", Tier)
def test_anyone_on_the_ladder_may_acknowledge_before_their_turn(
    db: Database, policy: Policy, tier: Tier
) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,), tier=tier).head.id
    tom = an_act(TOM, role=Role.RESPONDER, minutes=3)
    [taken] = answers.acknowledge_mine(db, tom, incident_id)
    assert taken.team_name == policy.teams[LEGAL].name
    run = scene.run_of(db, "legal")
    assert (run.state, run.responder) == (RunState.ACKNOWLEDGED, TOM)
    assert scene.page_states(db, "legal") == [PageState.SUPERSEDED], "nobody else is asked any more"
    assert scene.waiting(db, DeliveryKind.PAGE) == []
    with db.reading() as tx:
        assert participants.seats(tx, incident_id) == {MEI: True, TOM: True}


def test_without_a_reference_it_is_the_pages_that_wait_and_nothing_more(
    db: Database, policy: Policy
) -> None:
    an_incident(db, policy, teams=(LEGAL,))
    with pytest.raises(NothingToAcknowledge):
        answers.acknowledge_mine(db, an_act(TOM))
    assert scene.run_state(db, "legal") is RunState.PAGING


def test_whoever_is_on_no_ladder_there_acknowledges_nothing(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    for role in (Role.VIEWER, Role.MEMBER, Role.RESPONDER):
        with pytest.raises(NothingToAcknowledge) as refused:
            answers.acknowledge_mine(db, an_act(SOFIA, role=role), incident_id)
        assert refused.value.reads
        assert refused.value.may_own is (role is Role.RESPONDER), "it offers what they may do"
    with pytest.raises(NotYours):
        answers.acknowledge_run(db, an_act(SOFIA), scene.run_of(db, "legal").id)
    with pytest.raises(NotYours):
        answers.acknowledge_run(db, an_act(SOFIA), "01FORGED")
    assert scene.run_state(db, "legal") is RunState.PAGING


def test_where_several_teams_wait_for_the_same_person_they_choose(
    db: Database, policy: Policy
) -> None:
    """A manager on duty is the backup of everyone who is paged in person."""
    opened = an_incident(db, policy, an_act(DANIEL), teams=())
    for minute, person in enumerate((PRIYA, TOM)):
        starting.page_person(db, policy, an_act(DANIEL, minutes=minute), opened.head.id, person)
    with pytest.raises(WhichTeam) as asked:
        answers.acknowledge_mine(db, an_act(MEI), opened.head.id)
    assert scene.run_state(db, f"person:{PRIYA}") is RunState.PAGING
    (chosen, _, first), (other, _, second) = asked.value.runs
    assert (first, second) == (PRIYA, TOM)
    answers.acknowledge_run(db, an_act(MEI), chosen)
    assert scene.run_of(db, f"person:{PRIYA}").responder == MEI
    assert scene.run_state(db, f"person:{TOM}") is RunState.PAGING
    with pytest.raises(AlreadyAcknowledged):
        answers.acknowledge_run(db, an_act(PRIYA), chosen)
    [taken] = answers.acknowledge_mine(db, an_act(MEI), opened.head.id)
    assert (taken.team_name, scene.run_of(db, f"person:{TOM}").id) == (TOM.lower(), other)


@pytest.mark.parametrize("tier", Tier)
def test_a_person_paged_by_name_in_a_restricted_one_is_asked_alone_until_the_next_is_paged(
    db: Database, policy: Policy, tier: Tier
) -> None:
    """Who asked for an expert did not let a manager in."""
    opened = an_incident(db, policy, an_act(DANIEL), teams=(), tier=tier)
    starting.page_person(db, policy, an_act(DANIEL), opened.head.id, PRIYA)
    run = scene.run_of(db, f"person:{PRIYA}")
    mei = an_act(MEI, minutes=1)
    if tier is Tier.RESTRICTED:
        with pytest.raises(NothingToAcknowledge):
            answers.acknowledge_mine(db, mei, opened.head.id)
        with pytest.raises(NotYours):
            answers.acknowledge_run(db, mei, run.id)
        assert scene.page_states(db, f"person:{PRIYA}") == [PageState.WAITING]
        scene.tick(db, policy, NOON + timedelta(hours=1))
        assert MEI in scene.paged(db, f"person:{PRIYA}")
    [taken] = answers.acknowledge_mine(db, mei, opened.head.id)
    assert taken.in_place


def test_a_page_of_ones_own_goes_before_what_others_are_asked(db: Database, policy: Policy) -> None:
    """Priya is asked for Legal: she answers that, whatever other ladder she may be on."""
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    answers.acknowledge_run(db, an_act(PRIYA), scene.run_of(db, "legal").id)
    assert scene.page_states(db, "legal") == [PageState.ACKNOWLEDGED]
    with pytest.raises(AlreadyAcknowledged) as refused:
        answers.acknowledge_mine(db, an_act(PRIYA), incident_id)
    assert refused.value.yours


def test_nobody_steps_in_after_the_end(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    lifecycle.decline(db, an_act(), incident_id, "not ours")
    with pytest.raises(NothingToAcknowledge) as refused:
        answers.acknowledge_mine(db, an_act(TOM), incident_id)
    assert refused.value.ended == "declined"


@pytest.mark.parametrize("tier", Tier)
def test_who_took_it_is_told_to_those_who_read_it_or_were_paged(
    db: Database, policy: Policy, tier: Tier
) -> None:
    """To be on a team's list is no key to what a restricted escalation tells."""
    incident_id = an_incident(db, policy, teams=(LEGAL,), tier=tier).head.id
    lifecycle.assign(db, an_act(MEI), incident_id, SOFIA)
    run = scene.run_of(db, "legal").id
    answers.acknowledge_run(db, an_act(PRIYA, minutes=1), run)
    told = AlreadyAcknowledged if tier is Tier.STANDARD else NothingToAcknowledge
    for user, expected in ((PRIYA, AlreadyAcknowledged), (TOM, told)):
        act = an_act(user, role=Role.RESPONDER, minutes=2)
        with pytest.raises((AlreadyAcknowledged, NothingToAcknowledge)) as by_name:
            answers.acknowledge_mine(db, act, incident_id)
        assert type(by_name.value) is expected
        if isinstance(by_name.value, NothingToAcknowledge):
            assert not by_name.value.reads
            assert not by_name.value.may_own
        with pytest.raises((AlreadyAcknowledged, NothingToAcknowledge)) as by_button:
            answers.acknowledge_run(db, act, run)
        assert type(by_button.value) is expected
