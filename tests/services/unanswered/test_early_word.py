"""The early word: a first step that passes unanswered; and who hears that a whole ladder did."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import InCharge, Notice
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.domain.unanswered.manager_messages import ExhaustedMessage, Unanswered
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import outcomes, refusals
from bot.services.delivery.content import MessageContent
from bot.services.delivery.results import At, Refusal, Retry
from bot.services.incidents import lifecycle, queries, severity_changes
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from tests.factories import MEI, NOON, PRIYA, TOM, an_act, an_incident, people
from tests.invariants import assert_whole
from tests.services import scene

LEGAL = TeamKey("legal")
DANIEL, AOIFE = UserId("U0DANIEL"), UserId("U0AOIFE")
OPERATIONS = ["U0AGNIESZKA", "U0JOSE"]
MINUTES = timedelta(minutes=1)
LEFT = {"deleted": True}


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def opened(db: Database, policy: Policy, severity: Severity = Severity.P1) -> str:
    """An escalation that Daniel owns."""
    incident_id = an_incident(db, policy, severity=severity, teams=(LEGAL,)).head.id
    lifecycle.assign(db, an_act(MEI), incident_id, DANIEL)
    scene.send(db, policy)
    return incident_id


def tick_and_send(db: Database, policy: Policy, after: timedelta) -> scene.Sent:
    scene.tick(db, policy, NOON + after)
    return scene.send(db, policy, NOON + after)


def count(db: Database, incident_id: str, kind: str) -> int:
    return scene.kinds_of_entries(db, incident_id).count(kind)


def test_a_first_step_that_passes_is_told_to_the_channel_and_the_owner_once(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    sent = tick_and_send(db, policy, 15 * MINUTES)
    assert scene.told(sent, DeliveryKind.UNANSWERED) == [DANIEL]
    [letter] = scene.letters(sent, DeliveryKind.UNANSWERED)
    assert isinstance(letter.view, Unanswered)
    assert (letter.view.tried, letter.view.team.paged) == ((PRIYA,), (TOM,))
    assert scene.told(sent, DeliveryKind.NOTICE) == ["C0ROOM1"]
    assert scene.told(sent, DeliveryKind.EXHAUSTED) == [], "managers hear at the end only"
    for quarter in range(2, 9):
        later = tick_and_send(db, policy, quarter * 15 * MINUTES)
        assert scene.told(later, DeliveryKind.UNANSWERED) == []
    assert count(db, incident_id, "unanswered") == 1
    assert_whole(db)


def test_the_timeline_says_that_a_step_passed_before_it_says_who_is_paged_next(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    sent = tick_and_send(db, policy, 15 * MINUTES)
    assert scene.kinds_of_entries(db, incident_id)[-2:] == ["unanswered", "paged"]
    kinds = [claimed.kind for claimed, _ in sent]
    assert kinds.index(DeliveryKind.PAGE) < kinds.index(DeliveryKind.NOTICE), "pages go first"
    [notice] = scene.letters(sent, DeliveryKind.NOTICE)
    assert notice.view.entry.kind is EntryKind.UNANSWERED


def test_the_owner_s_message_says_what_became_of_it(db: Database, policy: Policy) -> None:
    opened(db, policy)
    tick_and_send(db, policy, 15 * MINUTES)
    went_on = tick_and_send(db, policy, 30 * MINUTES)
    [edited] = the_edits(went_on)
    assert len(edited.team.paged) == 4, "everyone is paged now"
    assert edited.tried == (PRIYA,), "Tom was not paged when it was said"
    answers.acknowledge(db, an_act(TOM, minutes=31), scene.page_of(db, TOM))
    [edited] = the_edits(scene.send(db, policy, NOON + 31 * MINUTES))
    assert (edited.asks, edited.team.responder) == (False, TOM)


def test_the_owner_s_message_no_longer_lists_a_person_who_declined(
    db: Database, policy: Policy
) -> None:
    opened(db, policy)
    tick_and_send(db, policy, 15 * MINUTES)
    tick_and_send(db, policy, 30 * MINUTES)
    answers.decline(db, policy, an_act(PRIYA, minutes=31), scene.page_of(db, PRIYA), "a plane")
    [edited] = the_edits(scene.send(db, policy, NOON + 31 * MINUTES))
    assert PRIYA not in edited.team.paged
    assert TOM in edited.team.paged


def the_edits(sent: scene.Sent) -> list[Unanswered]:
    letters = scene.letters(sent, DeliveryKind.MESSAGE_EDIT)
    return [letter.view for letter in letters if isinstance(letter.view, Unanswered)]


@pytest.mark.parametrize("severity", [Severity.P2, Severity.P3])
def test_of_what_is_less_severe_there_is_no_early_word(
    db: Database, policy: Policy, severity: Severity
) -> None:
    incident_id = opened(db, policy, severity)
    sent = tick_and_send(db, policy, timedelta(days=1))
    assert scene.told(sent, DeliveryKind.UNANSWERED) == []
    assert count(db, incident_id, "unanswered") == 0


def test_the_early_word_comes_once_also_over_a_rise(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    tick_and_send(db, policy, 15 * MINUTES)
    severity_changes.set_severity(db, policy, an_act(MEI, minutes=16), incident_id, Severity.P0)
    tick_and_send(db, policy, 30 * MINUTES)
    entries = queries.details(db, an_act(), incident_id, newest=None).entries
    early = [entry for entry in entries if entry.kind is EntryKind.UNANSWERED]
    assert [entry.data["team"] for entry in early].count("legal") == 1


def test_after_a_rise_a_slow_step_that_passed_before_does_not_silence_it(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy, Severity.P2)
    tick_and_send(db, policy, timedelta(hours=2))
    severity_changes.set_severity(db, policy, an_act(MEI, hours=3), incident_id, Severity.P0)
    sent = tick_and_send(db, policy, timedelta(hours=3, minutes=5))
    assert DANIEL in scene.told(sent, DeliveryKind.UNANSWERED)


def test_who_says_no_has_answered(db: Database, policy: Policy) -> None:
    incident_id = opened(db, policy)
    answers.decline(db, policy, an_act(PRIYA, minutes=1), scene.page_of(db, PRIYA), "a plane")
    assert count(db, incident_id, "unanswered") == 0


def test_an_owner_who_is_paged_themselves_hears_of_it_by_their_page(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    lifecycle.assign(db, an_act(MEI), incident_id, TOM)
    sent = tick_and_send(db, policy, 15 * MINUTES)
    assert scene.told(sent, DeliveryKind.UNANSWERED) == []
    assert count(db, incident_id, "unanswered") == 1


def test_what_is_answered_before_it_is_sent_is_not_said(db: Database, policy: Policy) -> None:
    opened(db, policy)
    scene.tick(db, policy, NOON + 15 * MINUTES)
    answers.acknowledge(db, an_act(TOM, minutes=15), scene.page_of(db, TOM))
    sent = scene.send(db, policy, NOON + 15 * MINUTES)
    assert scene.told(sent, DeliveryKind.UNANSWERED) == []


def exhausted(db: Database, policy: Policy) -> scene.Sent:
    for quarter in range(8):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
    return scene.send(db, policy, NOON + timedelta(hours=2))


def test_exhaustion_is_told_to_the_managers_and_not_to_operations(
    db: Database, policy: Policy
) -> None:
    opened(db, policy)
    assert scene.told(exhausted(db, policy), DeliveryKind.EXHAUSTED) == [AOIFE, MEI]


def test_operations_hear_of_it_where_no_manager_is_left(db: Database, policy: Policy) -> None:
    opened(db, policy)
    people(db, policy, U0MEI=LEFT, U0AOIFE=LEFT)
    assert scene.told(exhausted(db, policy), DeliveryKind.EXHAUSTED) == OPERATIONS


def test_a_ladder_that_comes_to_its_end_again_after_a_rise_is_told_again(
    db: Database, policy: Policy
) -> None:
    incident_id = opened(db, policy)
    exhausted(db, policy)
    severity_changes.set_severity(db, policy, an_act(MEI, hours=3), incident_id, Severity.P0)
    for minute in range(5, 35, 5):
        scene.tick(db, policy, NOON + timedelta(hours=3, minutes=minute))
    sent = scene.send(db, policy, NOON + timedelta(hours=4))
    assert scene.told(sent, DeliveryKind.EXHAUSTED).count(MEI) == sum(
        run.state is RunState.EXHAUSTED for run in scene.runs(db)
    )


def told_of_paging_again(sent: scene.Sent) -> list[bool]:
    """Of each edited notice to Mei that no one acknowledged: whether the team was paged again."""
    edits = scene.letters(sent, DeliveryKind.MESSAGE_EDIT)
    return [one.view.again for one in edits if isinstance(one.view, ExhaustedMessage)]


@pytest.mark.parametrize("edited", ["at once", "when it is told again"])
def test_an_earlier_notice_says_that_the_team_was_paged_again(
    db: Database, policy: Policy, edited: str
) -> None:
    one_manager = replace(policy, managers_on_duty=(MEI,))
    incident_id = opened(db, one_manager)
    exhausted(db, one_manager)
    severity_changes.set_severity(db, one_manager, an_act(MEI, hours=3), incident_id, Severity.P0)
    if edited == "when it is told again":
        for minute in range(5, 60, 5):
            scene.tick(db, one_manager, NOON + timedelta(hours=3, minutes=minute))
        assert scene.run_state(db, "legal") is RunState.EXHAUSTED
    sent = scene.send(db, one_manager, NOON + timedelta(hours=4))
    assert told_of_paging_again(sent).count(True) == 1


def the_notice(
    db: Database, user: str, minute: int, *, others: Collection[DeliveryKind] = ()
) -> Claimed:
    """Take what is due until it is the message that nobody acknowledged, to this person.

    What else was due is not asked for, but for these kinds, which are sent later.
    """
    at = NOON + timedelta(hours=3, minutes=minute)
    with db.transaction() as tx:
        taken = claims.claim(tx, kinds=MESSAGES.args, now=at, real=at, limit=100)
    [found] = [one for one in taken if (one.kind, one.target) == (DeliveryKind.EXHAUSTED, user)]
    for other in taken:
        if other.kind in (*others, DeliveryKind.EXHAUSTED) and other is not found:
            outcomes.again(db, other, Retry(timedelta(0), error="held"), At(at, at))
        elif other is not found:
            outcomes.moot(db, other, "not asked", At(at, at))
    return found


def test_operations_hear_of_it_where_slack_says_that_every_manager_has_left(
    db: Database, policy: Policy
) -> None:
    opened(db, policy)
    edited = replace(policy, managers_on_duty=(MEI,))
    for quarter in range(8):
        scene.tick(db, edited, NOON + quarter * 15 * MINUTES)
    at = At(NOON + timedelta(hours=3), NOON + timedelta(hours=3))
    notice = the_notice(db, MEI, 1)
    refusals.dead_target(MESSAGES, db, edited, notice, Refusal("user_not_found"), at)
    sent = scene.send(db, edited, NOON + timedelta(hours=4))
    assert scene.told(sent, DeliveryKind.EXHAUSTED) == OPERATIONS


def last_notice(db: Database, policy: Policy, at: timedelta) -> InCharge:
    """What the channel reads of who was told, after all that is due has been sent."""
    sent = scene.send(db, policy, NOON + at)
    views = [one.view for _, one in sent if isinstance(one, MessageContent)]
    [*_, notice] = [
        view
        for view in views
        if isinstance(view, Notice) and view.entry.kind is EntryKind.EXHAUSTED
    ]
    return notice.in_charge


def test_the_channel_reads_who_has_heard_that_no_one_acknowledged(
    db: Database, policy: Policy
) -> None:
    opened(db, policy)
    for quarter in range(8):
        scene.tick(db, policy, NOON + quarter * 15 * MINUTES)
    at = At(NOON + timedelta(hours=3), NOON + timedelta(hours=3))
    notice = the_notice(db, MEI, 0, others=frozenset({DeliveryKind.NOTICE}))
    refused = Refusal("ekm_access_denied")
    refusals.place_refused(MESSAGES, db, policy, notice, refused, at, pause=5 * MINUTES)
    assert last_notice(db, policy, timedelta(hours=3, minutes=1)) == InCharge(
        told=(AOIFE,), untold=(MEI,)
    )
    later = timedelta(hours=3, minutes=10)
    assert last_notice(db, policy, later) == InCharge(told=(MEI, AOIFE))
