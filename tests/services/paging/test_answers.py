"""Answers to a page, and what they leave of the ladder."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.act import Role, Workspace
from bot.domain.errors import (
    AlreadyAcknowledged,
    AlreadyHandled,
    AlreadyPaged,
    BadInput,
    NobodyAfter,
    NothingToAcknowledge,
    NotPermitted,
    NotYours,
)
from bot.domain.ids import TeamKey, UserId
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.ladders import PageState, RunState
from bot.policy import Policy
from bot.services.handover import handing_over
from bot.services.incidents import lifecycle, lists
from bot.services.paging import answers, starting
from bot.services.paging.starting import Started
from bot.store.database import Database
from tests.databases import on_both
from tests.factories import (
    DANIEL,
    MEI,
    NOON,
    PRIYA,
    SOFIA,
    TOM,
    an_act,
    an_incident,
    people,
)
from tests.services import scene

LEGAL = TeamKey("legal")
MINUTES = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def a_legal_case(db: Database, policy: Policy) -> str:
    return an_incident(db, policy, teams=(LEGAL,)).head.id


def test_an_acknowledged_page_never_escalates(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    taken = answers.acknowledge(db, an_act(PRIYA, minutes=5), scene.page_of(db, PRIYA))
    assert taken.team_name == "Legal"
    scene.tick(db, policy, NOON + timedelta(days=3))
    assert scene.paged(db, "legal") == [PRIYA]
    run = scene.run_of(db, "legal")
    assert (run.state, run.responder) == (RunState.ACKNOWLEDGED, PRIYA)
    assert scene.due_timers(db, TimerKind.PAGE_STEP) == []


def test_who_acknowledges_is_told_of_whom_how_long_after_and_where(
    db: Database, policy: Policy
) -> None:
    an_incident(db, policy, teams=(LEGAL,))
    scene.send(db, policy)
    taken = answers.acknowledge(db, an_act(PRIYA, minutes=5), scene.page_of(db, PRIYA))
    assert (taken.reference, taken.team_name) == ("ESC-1", policy.teams[LEGAL].name)
    assert (taken.waited, taken.edited) == (timedelta(minutes=5), True)
    assert not taken.in_place


def test_a_page_that_slack_has_not_taken_has_no_time_and_no_place(
    db: Database, policy: Policy
) -> None:
    an_incident(db, policy, teams=(LEGAL,))
    taken = answers.acknowledge(db, an_act(PRIYA, minutes=5), scene.page_of(db, PRIYA))
    assert (taken.waited, taken.edited, taken.in_place) == (None, False, False)


def test_whoever_acknowledges_is_invited(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    invited = [row.args["users"] for row in scene.outgoing_rows(db, DeliveryKind.CHANNEL_INVITE)]
    assert invited == [[PRIYA]]


def test_the_second_to_acknowledge_is_told_who_was_first(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    first = scene.page_of(db, PRIYA)
    scene.tick(db, policy, NOON + 15 * MINUTES)
    answers.acknowledge(db, an_act(TOM, minutes=16), scene.page_of(db, TOM))
    with pytest.raises(AlreadyAcknowledged) as late:
        answers.acknowledge(db, an_act(PRIYA, minutes=17), first)
    assert (late.value.by, late.value.at) == (TOM, NOON + 16 * MINUTES)
    assert scene.page_states(db, "legal") == [PageState.SUPERSEDED, PageState.ACKNOWLEDGED]


def test_a_page_that_was_sent_is_edited_when_another_takes_it(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    scene.send(db, policy)
    scene.tick(db, policy, NOON + 15 * MINUTES)
    answers.acknowledge(db, an_act(TOM, minutes=16), scene.page_of(db, TOM))
    sent = scene.send(db, policy, NOON + 16 * MINUTES)
    edited = scene.letters(sent, DeliveryKind.PAGE_UPDATE)
    assert [letter.ts is not None for letter in edited] == [True]
    assert scene.letters(sent, DeliveryKind.PAGE) == [], "what was unsent is withdrawn"


def test_an_exhausted_run_can_still_be_acknowledged(db: Database, policy: Policy) -> None:
    exhausted(db, policy)
    answers.acknowledge(db, an_act(PRIYA, hours=3), scene.page_of(db, PRIYA))
    assert scene.run_state(db, "legal") is RunState.ACKNOWLEDGED


def test_declining_pages_the_next_at_once_and_not_again_later(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    answers.decline(db, policy, an_act(PRIYA, minutes=1), scene.page_of(db, PRIYA), "on a plane")
    assert scene.paged(db, "legal") == [PRIYA, TOM]
    assert scene.due_timers(db, TimerKind.PAGE_STEP) == [NOON + 16 * MINUTES]
    for quarter in range(1, 9):
        scene.tick(db, policy, NOON + (1 + quarter * 15) * MINUTES)
    assert scene.paged(db, "legal").count(PRIYA) == 1
    with pytest.raises(NothingToAcknowledge):
        answers.decline(db, policy, an_act(PRIYA, hours=4), scene.page_of(db, PRIYA), "still")


def test_nobody_declines_for_somebody_else(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    with pytest.raises(NotYours):
        answers.decline(db, policy, an_act(TOM), scene.page_of(db, PRIYA), "she is away")
    assert scene.paged(db, "legal") == [PRIYA]


def test_where_everyone_is_paged_one_refusal_waits_for_the_others(
    db: Database, policy: Policy
) -> None:
    a_legal_case(db, policy)
    scene.tick(db, policy, NOON + 15 * MINUTES)
    scene.tick(db, policy, NOON + 30 * MINUTES)
    everyone = scene.paged(db, "legal")[2:]
    assert len(everyone) == 4
    due = scene.due_timers(db, TimerKind.PAGE_STEP)
    for user in everyone[:3]:
        answers.decline(db, policy, an_act(user, minutes=31), scene.page_of(db, UserId(user)), "no")
        assert len(scene.paged(db, "legal")) == 6
    assert scene.due_timers(db, TimerKind.PAGE_STEP) == due
    last = everyone[3]
    answers.decline(db, policy, an_act(last, minutes=32), scene.page_of(db, UserId(last)), "no")
    assert scene.run_state(db, "legal") is RunState.EXHAUSTED


@on_both
def test_handing_over_ends_one_run_and_begins_another(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    started = to_pr(db, policy, scene.page_of(db, PRIYA), after=timedelta(minutes=2))
    assert started.targets == (SOFIA,)
    assert scene.run_state(db, "legal") is RunState.CANCELLED
    scene.tick(db, policy, NOON + 16 * MINUTES)
    assert scene.paged(db, "legal") == [PRIYA]


def exhausted(db: Database, policy: Policy) -> str:
    incident_id = a_legal_case(db, policy)
    scene.tick(db, policy, NOON)
    for quarter in range(1, 8):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
    assert scene.run_state(db, "legal") is RunState.EXHAUSTED
    return incident_id


def test_no_team_is_overdue_in_what_has_ended(db: Database, policy: Policy) -> None:
    incident_id = exhausted(db, policy)
    late = an_act(hours=4)
    assert lists.listing(db, policy, late, "").overdue_pages == {incident_id: 1}
    lifecycle.decline(db, an_act(hours=3), incident_id, "not ours")
    for ended in (lists.listing(db, policy, late, "declined"), lists.search(db, late, "ESC-1")):
        assert [head.id for head in ended.heads] == [incident_id]
        assert ended.overdue_pages == {}


def to_pr(
    db: Database,
    policy: Policy,
    page_id: str,
    user: str = PRIYA,
    after: timedelta = timedelta(hours=3),
) -> Started:
    return handing_over.hand_over_page(
        db,
        policy,
        an_act(user, now=NOON + after),
        page_id,
        to_team=TeamKey("pr"),
        to_person=None,
        summary="a press matter",
    ).to


def test_a_page_is_handed_over_also_after_the_last_step(db: Database, policy: Policy) -> None:
    exhausted(db, policy)
    page_id = scene.page_of(db, PRIYA)
    assert to_pr(db, policy, page_id).targets == (SOFIA,)
    assert scene.run_state(db, "legal") is RunState.CANCELLED
    assert set(scene.page_states(db, "legal")) == {PageState.SUPERSEDED}
    with pytest.raises(NothingToAcknowledge):
        answers.acknowledge(db, an_act(PRIYA, hours=4), page_id)
    with pytest.raises(NothingToAcknowledge):
        to_pr(db, policy, scene.page_of(db, TOM), TOM)
    assert scene.paged(db, "pr") == [SOFIA]


def test_after_the_last_step_nobody_is_left_to_decline_to(db: Database, policy: Policy) -> None:
    exhausted(db, policy)
    before = scene.page_states(db, "legal")
    with pytest.raises(NobodyAfter) as refused:
        answers.decline(db, policy, an_act(PRIYA, hours=3), scene.page_of(db, PRIYA), "no")
    assert refused.value.team == "Legal"
    assert scene.page_states(db, "legal") == before


def test_a_page_of_before_the_end_is_not_handed_over_once_it_is_reopened(
    db: Database, policy: Policy
) -> None:
    incident_id = exhausted(db, policy)
    lifecycle.decline(db, an_act(hours=3), incident_id, "not ours")
    lifecycle.reopen(db, an_act(hours=3), incident_id, "it is back")
    with pytest.raises(NothingToAcknowledge):
        to_pr(db, policy, scene.page_of(db, PRIYA))
    assert scene.paged(db, "pr") == []


def test_handing_over_to_a_team_that_is_being_paged_pages_nobody_twice(
    db: Database, policy: Policy
) -> None:
    an_incident(db, policy, teams=(LEGAL, TeamKey("pr")))
    first = scene.run_of(db, "pr")
    started = to_pr(db, policy, scene.page_of(db, PRIYA), after=timedelta(minutes=2))
    assert (started.run.id, started.targets) == (first.id, (SOFIA,))
    assert scene.paged(db, "pr") == [SOFIA]
    assert scene.run_state(db, "legal") is RunState.CANCELLED
    assert "handed over" in scene.kinds_of_entries(db, first.incident_id)
    answers.acknowledge(db, an_act(SOFIA, minutes=3), scene.page_of(db, SOFIA))
    scene.tick(db, policy, NOON + timedelta(days=3))
    assert "exhausted" not in scene.kinds_of_entries(db, first.incident_id)


@pytest.mark.parametrize("to", [{"to_team": TeamKey("pr")}, {"to_person": TOM}])
def test_a_part_is_handed_over_to_who_is_being_paged_already(
    db: Database, policy: Policy, to: dict[str, Any]
) -> None:
    incident_id = a_legal_case(db, policy)
    lifecycle.assign(db, an_act(), incident_id, MEI)
    done = [
        handing_over.hand_over(db, policy, an_act(minutes=at), incident_id, **to, summary="drafted")
        for at in (1, 2)
    ]
    started = [one.to for one in done if isinstance(one, handing_over.HandedOver)]
    assert started[0].run.id == started[1].run.id
    assert started[0].targets == started[1].targets
    assert len(scene.paged(db, started[0].run.team_key)) == 1
    assert scene.kinds_of_entries(db, incident_id).count("handed over") == 2


def test_a_handover_takes_a_summary_and_somebody(db: Database, policy: Policy) -> None:
    incident_id = a_legal_case(db, policy)
    with pytest.raises(BadInput, match="BadInput"):
        handing_over.hand_over(db, policy, an_act(), incident_id, to_person=SOFIA, summary=" ")
    with pytest.raises(BadInput):
        handing_over.hand_over(db, policy, an_act(), incident_id, summary="take it")


def test_a_forged_page_is_not_answered(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    page = scene.page_of(db, PRIYA)
    with pytest.raises(NotYours):
        answers.acknowledge(db, an_act(PRIYA), "01FORGED")
    with pytest.raises(NotYours):
        answers.acknowledge(db, an_act(SOFIA), page)
    elsewhere = replace(an_act(PRIYA), workspace=Workspace("T9"))
    with pytest.raises(NotYours):
        answers.acknowledge(db, elsewhere, page)
    with pytest.raises(NotPermitted):
        answers.acknowledge(db, an_act(PRIYA, role=Role.NOBODY), page)
    assert scene.run_state(db, "legal") is RunState.PAGING


def test_the_same_click_twice_is_handled_once(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    page = scene.page_of(db, PRIYA)
    answers.acknowledge(db, an_act(PRIYA, key="click"), page)
    with pytest.raises(AlreadyHandled) as again:
        answers.acknowledge(db, an_act(PRIYA, key="click"), page)
    assert again.value.outcome == "ESC-1"


def test_ack_without_a_page_takes_whatever_waits(db: Database, policy: Policy) -> None:
    an_incident(db, policy, teams=(LEGAL,))
    an_incident(db, policy, teams=(LEGAL,))
    taken = answers.acknowledge_mine(db, an_act(PRIYA))
    assert {one.reference for one in taken} == {"ESC-1", "ESC-2"}
    with pytest.raises(NothingToAcknowledge):
        answers.acknowledge_mine(db, an_act(PRIYA))


def test_ack_of_one_escalation_leaves_the_pages_of_the_others(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    [taken] = answers.acknowledge_mine(db, an_act(PRIYA), a_legal_case(db, policy))
    assert taken.reference == "ESC-2"
    [left] = answers.acknowledge_mine(db, an_act(PRIYA, minutes=1))
    assert left.reference == "ESC-1"


def test_an_incident_that_ended_takes_no_acknowledgement(db: Database, policy: Policy) -> None:
    incident_id = a_legal_case(db, policy)
    page = scene.page_of(db, PRIYA)
    lifecycle.decline(db, an_act(), incident_id, "not ours")
    with pytest.raises(NothingToAcknowledge):
        answers.acknowledge(db, an_act(PRIYA), page)


def test_exhaustion_is_told_once_to_managers_and_the_channel(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    for quarter in range(8):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
    sent = scene.send(db, policy, NOON + timedelta(hours=2))
    assert scene.told(sent, DeliveryKind.EXHAUSTED) == ["U0AOIFE", MEI]
    assert scene.told(sent, DeliveryKind.NOTICE) == ["C0ROOM1"] * 2, "early, and at the end"
    scene.tick(db, policy, NOON + timedelta(days=2))
    again = scene.send(db, policy, NOON + timedelta(days=2))
    assert scene.told(again, DeliveryKind.EXHAUSTED) == []


def test_an_exhaustion_that_slack_has_not_taken_by_the_end_is_told_to_nobody(
    db: Database, policy: Policy
) -> None:
    incident_id = a_legal_case(db, policy)
    for quarter in range(8):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
    lifecycle.decline(db, an_act(minutes=120), incident_id, "not ours")
    sent = scene.send(db, policy, NOON + timedelta(hours=2))
    assert scene.told(sent, DeliveryKind.EXHAUSTED) == []


def test_a_ladder_runs_on_the_policy_it_began_with(db: Database, policy: Policy) -> None:
    a_legal_case(db, policy)
    nobody = replace(policy.teams[LEGAL], on_call=(DANIEL,), members=())
    edited = replace(policy, teams={**policy.teams, LEGAL: nobody})
    scene.tick(db, edited, NOON + 15 * MINUTES)
    assert scene.paged(db, "legal") == [PRIYA, TOM]
    starting.page_team(db, edited, an_act(MEI), an_incident(db, edited, teams=()).head.id, LEGAL)
    assert DANIEL in scene.paged(db, "legal")


@pytest.mark.parametrize("flag", ["deleted", "is_bot", "is_restricted"])
def test_somebody_who_cannot_answer_any_more_is_skipped(
    db: Database, policy: Policy, flag: str
) -> None:
    a_legal_case(db, policy)
    people(db, policy, U0TOM={flag: True})
    scene.tick(db, policy, NOON + 15 * MINUTES)
    assert TOM not in scene.paged(db, "legal")
    assert len(scene.paged(db, "legal")) == 4, "everyone else, without a wait for Tom"


def test_a_team_that_counts_as_gone_at_once_is_paged_all_the_same(
    db: Database, policy: Policy
) -> None:
    """Rather Slack is wrong than that a whole team has left; those in charge hear of it at once."""
    gone = {"deleted": True}
    people(db, policy, U0PRIYA=gone, U0TOM=gone, U0JAMAL={"is_bot": True}, U0ELENA=gone)
    opened = an_incident(db, policy, teams=(LEGAL,))
    sent = scene.send(db, policy)
    assert set(scene.told(sent, DeliveryKind.PAGE)) == {PRIYA, TOM, "U0ELENA"}, "but no bot"
    assert MEI in scene.told(sent, DeliveryKind.EXHAUSTED)
    assert not opened.unreachable_teams
    acknowledged = answers.acknowledge_mine(db, an_act(TOM, minutes=1), opened.head.id)
    assert [taken.team_name for taken in acknowledged] == ["Legal"]


def test_a_team_of_bots_has_nobody_to_page(db: Database, policy: Policy) -> None:
    bot = {"is_bot": True}
    people(db, policy, U0PRIYA=bot, U0TOM=bot, U0JAMAL=bot, U0ELENA=bot)
    opened = an_incident(db, policy, teams=(LEGAL,))
    assert opened.unreachable_teams == ("Legal",)
    assert MEI in scene.told(scene.send(db, policy), DeliveryKind.EXHAUSTED)


def test_a_team_is_not_paged_twice_at_once(db: Database, policy: Policy) -> None:
    incident_id = a_legal_case(db, policy)
    with pytest.raises(AlreadyPaged):
        starting.page_team(db, policy, an_act(), incident_id, LEGAL)


def test_who_was_asked_for_in_person_answers_in_no_ones_name(db: Database, policy: Policy) -> None:
    people(db, policy)
    incident_id = an_incident(db, policy, teams=()).head.id
    starting.page_person(db, policy, an_act(MEI), incident_id, TOM)
    [taken] = answers.acknowledge_mine(db, an_act(TOM), incident_id)
    assert taken.team_name == ""
