"""Moves of an incident: the legal ones, the others, and what each brings about."""

from datetime import timedelta

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import (
    FormErrors,
    IllegalMove,
    IncidentClosed,
    NothingToDo,
    NotPermitted,
    ReasonNeeded,
    Refused,
)
from bot.domain.incidents.lifecycle import MOVES, State, legal_moves
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.views import Card
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.paging.ladders import RunState
from bot.policy import Policy
from bot.render.incidents import answers, card
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.followups import update_timing
from bot.services.incidents import lifecycle, queries, severity_changes
from bot.store.database import Database
from bot.store.incidents import incident_rows
from tests.factories import MEI, NOON, an_act, an_incident, people
from tests.services import scene


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def in_state(db: Database, policy: Policy, state: State) -> str:
    incident_id = an_incident(db, policy, teams=()).head.id
    with db.transaction() as tx:
        incident_rows.change(tx, incident_id, {"state": state})
    return incident_id


def move(db: Database, policy: Policy, incident_id: str, to: State) -> None:
    act = an_act(MEI, minutes=1)
    if to is State.RESOLVED:
        lifecycle.resolve(db, policy, act, incident_id, root_cause="tooling")
    elif to is State.DUPLICATE:
        original = an_incident(db, policy, teams=())
        lifecycle.duplicate(db, act, incident_id, original.head.reference)
    else:
        lifecycle.set_state(db, act, incident_id, to, "a reason")


@pytest.mark.parametrize("state", list(State))
def test_exactly_the_legal_moves_are_made(db: Database, policy: Policy, state: State) -> None:
    for to in State:
        incident_id = in_state(db, policy, state)
        if to in MOVES[state]:
            move(db, policy, incident_id, to)
            assert scene.incident(db, incident_id).state is to
            continue
        with pytest.raises(Refused) as refused:
            move(db, policy, incident_id, to)
        assert scene.incident(db, incident_id).state is state
        if isinstance(refused.value, IllegalMove):
            assert refused.value.legal == tuple(move.value for move in legal_moves(state))
        else:
            assert isinstance(refused.value, NothingToDo)


def test_a_worse_severity_pages_the_teams_that_it_brings_in(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, severity=Severity.P3, teams=None).head.id
    assert not scene.paged(db, "legal")
    severity_changes.set_severity(db, policy, an_act(role=Role.MEMBER), incident_id, Severity.P1)
    assert scene.paged(db, "legal") == ["U0PRIYA"]
    assert scene.paged(db, "content-policy") == ["U0WEI", "U0WEI"], "its first page had a day"


def test_a_milder_severity_takes_a_reason_and_a_responder(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    with pytest.raises(ReasonNeeded):
        severity_changes.set_severity(db, policy, an_act(), incident_id, Severity.P3, " ")
    member = an_act("U0BAO", role=Role.MEMBER)
    with pytest.raises(NotPermitted):
        severity_changes.set_severity(db, policy, member, incident_id, Severity.P3, "calm again")
    severity_changes.set_severity(db, policy, an_act(), incident_id, Severity.P3, "calm again")
    assert scene.incident(db, incident_id).severity is Severity.P3


def test_an_end_calls_off_pages_and_timers(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy).head.id
    lifecycle.resolve(db, policy, an_act(minutes=1), incident_id, root_cause="tooling")
    assert scene.run_state(db, "legal") is RunState.CANCELLED
    assert scene.due_timers(db, TimerKind.PAGE_STEP) == []
    assert scene.due_timers(db, TimerKind.UPDATE_DUE) == []
    assert scene.incident(db, incident_id).update_due_at is None


def test_an_update_that_ends_the_incident_does_all_that_an_end_does(
    db: Database, policy: Policy
) -> None:
    incident_id = an_incident(db, policy).head.id
    with pytest.raises((Refused, FormErrors)):
        lifecycle.post_update(db, an_act(), incident_id, "over", State.RESOLVED)
    lifecycle.post_update(db, an_act(), incident_id, "not ours", State.DECLINED)
    assert scene.run_state(db, "legal") is RunState.CANCELLED
    assert scene.incident(db, incident_id).ended_at is not None


def test_closing_does_not_move_the_end(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    lifecycle.resolve(db, policy, an_act(), incident_id, root_cause="tooling")
    lifecycle.close(db, an_act(days=20), incident_id)
    assert scene.incident(db, incident_id).ended_at == NOON


def test_a_reopened_incident_expects_updates_again(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    lifecycle.resolve(db, policy, an_act(), incident_id, root_cause="tooling")
    with pytest.raises(ReasonNeeded):
        lifecycle.reopen(db, an_act(), incident_id, " ")
    lifecycle.reopen(db, an_act(minutes=1), incident_id, "it began again")
    reopened = scene.incident(db, incident_id)
    assert (reopened.ended_at, reopened.resolved_at) == (None, None)
    assert len(scene.due_timers(db, TimerKind.UPDATE_DUE)) == 1


def test_after_the_end_notes_are_taken_and_work_is_not(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    lifecycle.decline(db, an_act(), incident_id, "not ours")
    lifecycle.add_note(db, an_act(), incident_id, "for the record")
    with pytest.raises(IncidentClosed):
        lifecycle.assign(db, an_act(), incident_id, MEI)
    with pytest.raises(IncidentClosed):
        lifecycle.post_update(db, an_act(), incident_id, "more")


@pytest.mark.parametrize("tier", list(Tier))
def test_a_duplicate_names_its_original_by_reference(
    db: Database, policy: Policy, tier: Tier
) -> None:
    original = an_incident(db, policy, teams=(), tier=tier).head
    incident_id = an_incident(db, policy, teams=()).head.id
    scene.send(db, policy)
    lifecycle.duplicate(db, an_act(minutes=1), incident_id, original.reference)
    sent = scene.send(db, policy, NOON + timedelta(minutes=1))
    views = [letter.view for letter in scene.letters(sent, DeliveryKind.CARD_UPDATE)]
    [edited] = [view for view in views if isinstance(view, Card) and view.head.id == incident_id]
    wording = Wording(policy, Templates())
    shown = answers.details(wording, queries.details(db, an_act(), incident_id))
    in_channel = card.card(wording, edited)
    assert f"duplicate of {original.reference}" in str(shown.blocks)
    # Who is in the channel of the duplicate may not see a restricted original.
    names = f"duplicate of {original.reference}" in str(in_channel.blocks)
    assert names == (tier is Tier.STANDARD)
    for said in (in_channel, shown):
        assert original.id not in str(said.blocks)


def test_each_change_reaches_the_card_also_at_one_moment_and_without_an_entry(
    db: Database, policy: Policy
) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    scene.send(db, policy)
    update_timing.snooze_update(db, an_act(), incident_id, timedelta(hours=1))
    snoozed = scene.send(db, policy, NOON + timedelta(minutes=1))
    update_timing.stop_updates(db, an_act(), incident_id)
    stopped = scene.send(db, policy, NOON + timedelta(minutes=2))
    for sent in (snoozed, stopped):
        assert len(scene.letters(sent, DeliveryKind.CARD_UPDATE)) == 1


def test_a_note_of_the_review_is_on_the_timeline(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    lifecycle.resolve(db, policy, an_act(), incident_id, root_cause="tooling")
    lifecycle.set_state(db, an_act(), incident_id, State.REVIEWED, "reviewed with Wei")
    last = queries.details(db, an_act(), incident_id, newest=None).entries[-1]
    assert (last.data["to"], last.data["note"]) == (State.REVIEWED, "reviewed with Wei")
