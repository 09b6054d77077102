"""An incident that has ended asks nobody any more, also where a team had let its time pass."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Act
from bot.domain.errors import (
    AlreadyAcknowledged,
    IncidentClosed,
    NothingToAcknowledge,
    Refused,
)
from bot.domain.ids import TeamKey
from bot.domain.incidents.lifecycle import State
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import PageState, RunState
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.render.paging.page_messages import can_be_answered
from bot.services.handover import handing_over
from bot.services.incidents import home, lifecycle, lists, queries
from bot.services.paging import answers, starting
from bot.store.access import participants
from bot.store.database import Database
from bot.store.incidents import incident_rows
from bot.store.tables.incidents import IncidentColumns
from tests.factories import MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.services import scene

LEGAL = TeamKey("legal")
QUARTER = timedelta(minutes=15)
SPENT = NOON + timedelta(hours=2)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def an_exhausted_one(db: Database, policy: Policy, *, sent: bool = True) -> str:
    """A restricted incident whose only team has let its whole ladder go by."""
    incident_id = an_incident(db, policy, teams=(LEGAL,), tier=Tier.RESTRICTED).head.id
    for quarter in range(8):
        at = NOON + quarter * QUARTER
        scene.tick(db, policy, at)
        if sent:
            scene.send(db, policy, at)
    assert scene.run_state(db, "legal") is RunState.EXHAUSTED
    return incident_id


def an_ended_one(db: Database, policy: Policy, *, sent: bool = True) -> str:
    incident_id = an_exhausted_one(db, policy, sent=sent)
    lifecycle.resolve(db, policy, an_act(hours=2), incident_id, root_cause="tooling")
    return incident_id


def left_waiting(db: Database, policy: Policy) -> str:
    """One that ended under a release that left such pages waiting."""
    incident_id = an_exhausted_one(db, policy)
    over: IncidentColumns = {"state": State.RESOLVED, "ended_at": SPENT}
    with db.transaction() as tx:
        incident_rows.change(tx, incident_id, over)
    return incident_id


def press(db: Database, policy: Policy, button: str) -> object:
    page, act = scene.page_of(db, PRIYA), an_act(PRIYA, hours=3)
    match button:
        case "acknowledge":
            return answers.acknowledge(db, act, page)
        case "can't take it":
            return answers.decline(db, policy, act, page, "on a plane")
        case _:
            return handing_over.hand_over_page(
                db, policy, act, page, to_team=TeamKey("pr"), to_person=None, summary="a matter"
            )


def test_the_end_withdraws_what_was_asked_of_a_team_that_did_not_answer(
    db: Database, policy: Policy
) -> None:
    an_ended_one(db, policy)
    assert scene.run_state(db, "legal") is RunState.EXHAUSTED, "it stays unanswered"
    assert set(scene.page_states(db, "legal")) == {PageState.SUPERSEDED}
    assert home.home_of(db, an_act(PRIYA, hours=3)).pages == ()
    edits = scene.letters(scene.send(db, policy, SPENT), DeliveryKind.PAGE_UPDATE)
    assert len(edits) == len(scene.all_pages(db, "legal"))
    for edit in edits:
        assert isinstance(edit.view, PageMessage)
        assert not can_be_answered(edit.view)


def test_the_end_withdraws_such_a_page_that_slack_has_not_taken(
    db: Database, policy: Policy
) -> None:
    an_ended_one(db, policy, sent=False)
    assert scene.waiting(db, DeliveryKind.PAGE) == []


def test_ending_it_a_second_time_edits_no_page_again(db: Database, policy: Policy) -> None:
    incident_id = an_ended_one(db, policy)
    scene.send(db, policy, SPENT)
    lifecycle.reopen(db, an_act(hours=3), incident_id, "it began again")
    lifecycle.decline(db, an_act(hours=4), incident_id, "it did not")
    assert scene.waiting(db, DeliveryKind.PAGE_UPDATE) == []


@pytest.mark.parametrize("ended", [an_ended_one, left_waiting])
@pytest.mark.parametrize("button", ["acknowledge", "can't take it", "hand over"])
def test_an_old_button_says_that_it_has_ended_and_changes_nothing(
    db: Database, policy: Policy, ended: Callable[[Database, Policy], str], button: str
) -> None:
    incident_id = ended(db, policy)
    before = scene.kinds_of_entries(db, incident_id)
    with pytest.raises(Refused) as refused:
        press(db, policy, button)
    match refused.value:
        case NothingToAcknowledge(reference, state) | IncidentClosed(reference, state):
            assert (reference, state) == ("ESC-1", "resolved")
        case other:
            raise AssertionError(other)
    assert scene.kinds_of_entries(db, incident_id) == before
    assert scene.run_state(db, "legal") is RunState.EXHAUSTED
    with db.reading() as tx:
        assert PRIYA not in participants.participants(tx, incident_id)


def test_a_page_that_was_left_waiting_looks_answered_and_waits_on_no_home_tab(
    db: Database, policy: Policy
) -> None:
    left_waiting(db, policy)
    seen = queries.page(db, an_act(PRIYA, hours=3), scene.page_of(db, PRIYA))
    assert seen.state is PageState.WAITING
    assert not can_be_answered(seen)
    assert home.home_of(db, an_act(PRIYA, hours=3)).pages == ()


def test_ack_without_a_reference_passes_over_what_has_ended(db: Database, policy: Policy) -> None:
    left_waiting(db, policy)
    an_incident(db, policy, an_act(MEI, hours=3), teams=(LEGAL,))
    taken = answers.acknowledge_mine(db, an_act(PRIYA, hours=3))
    assert [one.reference for one in taken] == ["ESC-2"]


def test_ack_with_the_reference_of_what_has_ended_says_so(db: Database, policy: Policy) -> None:
    incident_id = an_ended_one(db, policy)
    with pytest.raises(NothingToAcknowledge) as refused:
        answers.acknowledge_mine(db, an_act(PRIYA, hours=3), incident_id)
    assert refused.value.ended == "resolved"


def test_who_acknowledged_before_the_end_is_still_named(db: Database, policy: Policy) -> None:
    incident_id = an_exhausted_one(db, policy)
    answers.acknowledge(db, an_act(TOM, hours=2), scene.page_of(db, TOM))
    lifecycle.resolve(db, policy, an_act(hours=2), incident_id, root_cause="tooling")
    with pytest.raises(AlreadyAcknowledged) as refused:
        press(db, policy, "acknowledge")
    assert refused.value.by == TOM


def test_reopening_withdraws_a_page_that_was_left_waiting(db: Database, policy: Policy) -> None:
    incident_id = left_waiting(db, policy)
    lifecycle.reopen(db, an_act(hours=3), incident_id, "it began again")
    assert set(scene.page_states(db, "legal")) == {PageState.SUPERSEDED}
    sent = scene.send(db, policy, NOON + timedelta(hours=3))
    assert scene.letters(sent, DeliveryKind.PAGE_UPDATE)


@pytest.mark.parametrize("after", [timedelta(minutes=1), timedelta(hours=2)], ids=str)
def test_reopening_brings_no_page_back_and_a_new_one_is_answered(
    db: Database, policy: Policy, after: timedelta
) -> None:
    """Whether the team had let its time pass before the end makes no difference."""
    incident_id = an_incident(db, policy, teams=(LEGAL,)).head.id
    old = scene.page_of(db, PRIYA)
    lifecycle.decline(db, an_act(now=NOON + after), incident_id, "not ours")
    lifecycle.reopen(db, an_act(hours=3), incident_id, "it is ours")
    with pytest.raises(NothingToAcknowledge) as refused:
        answers.acknowledge(db, an_act(PRIYA, hours=3), old)
    assert (refused.value.reference, refused.value.ended) == ("ESC-1", None)
    starting.page_team(db, policy, an_act(MEI, hours=3), incident_id, LEGAL, "again")
    answers.acknowledge(db, an_act(PRIYA, hours=3), scene.page_of(db, PRIYA))
    assert scene.run_state(db, "legal") is RunState.ACKNOWLEDGED


def test_a_team_that_was_late_at_the_end_does_not_answer_after_it(
    db: Database, policy: Policy
) -> None:
    """A run that the end itself has called unanswered: late, and never at the end of its ladder."""
    incident_id = an_incident(db, policy, teams=(TeamKey("pr"),)).head.id
    lifecycle.decline(db, an_act(hours=9), incident_id, "not ours")
    assert scene.run_state(db, "pr") is RunState.EXHAUSTED
    with pytest.raises(NothingToAcknowledge):
        answers.acknowledge(db, an_act(SOFIA, hours=9), scene.page_of(db, SOFIA))
    assert scene.run_state(db, "pr") is RunState.EXHAUSTED


@pytest.mark.parametrize("stage", ["in time", "late", "the ladder is over"])
@pytest.mark.parametrize("ending", ["resolved", "declined", "duplicate"])
def test_after_reopening_every_place_says_that_no_one_is_paged(
    db: Database, policy: Policy, stage: str, ending: str
) -> None:
    """The page, the card, the list and the command."""
    over = stage == "the ladder is over"
    incident_id = (
        an_exhausted_one(db, policy) if over else an_incident(db, policy, teams=(LEGAL,)).head.id
    )
    at = NOON + timedelta(minutes=1) if stage == "in time" else SPENT
    _end(db, policy, ending, incident_id, an_act(now=at))
    again = an_act(now=at + timedelta(hours=1))
    lifecycle.reopen(db, again, incident_id, "it is ours")
    [row] = scene.card(db, incident_id).teams
    assert row.state is RunState.CANCELLED
    late = lists.listing(db, policy, again, "overdue")
    assert "ESC-1" not in [head.reference for head in late.heads]
    with pytest.raises(NothingToAcknowledge):
        answers.acknowledge_mine(db, an_act(PRIYA, now=again.now), incident_id)
    seen = queries.page(db, an_act(PRIYA, now=again.now), scene.page_of(db, PRIYA))
    assert not can_be_answered(seen)
    assert scene.run_state(db, "legal") is RunState.CANCELLED


def _end(db: Database, policy: Policy, ending: str, incident_id: str, act: Act) -> None:
    match ending:
        case "resolved":
            lifecycle.resolve(db, policy, act, incident_id, root_cause="tooling")
        case "declined":
            lifecycle.decline(db, act, incident_id, "not ours")
        case _:
            an_incident(db, policy, teams=())
            lifecycle.duplicate(db, act, incident_id, "ESC-2")
