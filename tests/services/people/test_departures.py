"""Whoever has left Slack is asked for nothing: somebody else who answers for it is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access.access_messages import AccessAnswer, AccessRequestMessage
from bot.domain.access.visibility import Tier
from bot.domain.act import Act, Role
from bot.domain.errors import AnsweredAlready, AskedAlready, NobodyToAsk
from bot.domain.followups.reminder_messages import Outcome, TaskReminder
from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.access import manual_joins, requests
from bot.services.delivery import refusals
from bot.services.delivery.results import At, Refusal
from bot.services.followups import tasks
from bot.services.incidents import lifecycle
from bot.services.people import departures
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from bot.store.incidents import incident_rows
from bot.store.people import people_and_groups as stored
from tests.factories import (
    DANIEL,
    MEI,
    NOON,
    PRIYA,
    SOFIA,
    TOM,
    WORKSPACE,
    an_act,
    an_incident,
    people,
)
from tests.services import scene

LEFT: Mapping[str, bool] = {"deleted": True}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def left(db: Database, policy: Policy, *users: str) -> None:
    people(db, policy, **{user: dict(LEFT) for user in users})


def one_of_toms(db: Database, policy: Policy) -> str:
    """A restricted incident that Mei opened, Tom owns, and Sofia was let into after him."""
    opening = an_act(MEI)
    incident_id = an_incident(db, policy, opening, teams=(), tier=Tier.RESTRICTED).head.id
    lifecycle.assign(db, an_act(MEI, minutes=1), incident_id, TOM)
    scene.let_in(db, an_act(MEI, minutes=2), incident_id, SOFIA)
    scene.send(db, policy, NOON + timedelta(minutes=3))
    return incident_id


def asking() -> Act:
    return an_act(PRIYA, role=Role.MEMBER, minutes=5)


@pytest.mark.parametrize(
    ("gone", "asked"),
    [((), TOM), ((TOM,), MEI), ((TOM, MEI), SOFIA)],
    ids=["the owner", "who opened it", "who is in it"],
)
def test_access_is_asked_of_the_first_who_is_still_there(
    db: Database, policy: Policy, gone: tuple[str, ...], asked: str
) -> None:
    incident_id = one_of_toms(db, policy)
    left(db, policy, *gone)
    requests.request_access(db, policy, asking(), incident_id)
    [row] = scene.waiting(db, DeliveryKind.ACCESS_REQUEST)
    assert row.target == asked
    request_id = scene.newest_request(db)
    requests.answer(db, an_act(asked, minutes=6), request_id, granted=True)


def test_somebody_without_a_role_any_more_is_not_asked(db: Database, policy: Policy) -> None:
    people(db, policy, U0STRAY={})
    stray = an_act("U0STRAY", role=Role.MEMBER)
    incident_id = an_incident(db, policy, stray, teams=(), tier=Tier.RESTRICTED).head.id
    with pytest.raises(NobodyToAsk):
        requests.request_access(db, policy, asking(), incident_id)


def test_where_nobody_is_left_the_request_is_refused_and_not_on_the_timeline(
    db: Database, policy: Policy
) -> None:
    incident_id = one_of_toms(db, policy)
    left(db, policy, TOM, MEI, SOFIA)
    before = scene.incident(db, incident_id).entries
    with pytest.raises(NobodyToAsk) as refused:
        requests.request_access(db, policy, asking(), incident_id)
    assert refused.value.reference == "ESC-1"
    assert scene.waiting(db, DeliveryKind.ACCESS_REQUEST) == []
    assert scene.incident(db, incident_id).entries == before


def the_request(db: Database, minute: int) -> Claimed:
    at = NOON + timedelta(minutes=minute)
    with db.transaction() as tx:
        due = claims.claim(tx, kinds=MESSAGES.args, now=at, real=at, limit=50)
    [claimed] = [one for one in due if one.kind is DeliveryKind.ACCESS_REQUEST]
    return claimed


def test_a_request_that_slack_cannot_deliver_goes_to_the_next_and_to_each_once(
    db: Database, policy: Policy
) -> None:
    incident_id = one_of_toms(db, policy)
    requests.request_access(db, policy, asking(), incident_id)
    asked = []
    for minute, ends in ((6, "dead"), (7, "rejected"), (8, "dead")):
        now = NOON + timedelta(minutes=minute)
        request, at = the_request(db, minute), At(now, now)
        asked.append(request.target)
        if ends == "dead":
            refusals.dead_target(MESSAGES, db, policy, request, Refusal("user_disabled"), at)
        else:
            refusals.rejected(MESSAGES, db, policy, request, Refusal("messages_tab_disabled"), at)
    assert asked == [TOM, MEI, SOFIA]
    sent = scene.send(db, policy, NOON + timedelta(minutes=9))
    assert scene.letters(sent, DeliveryKind.ACCESS_REQUEST) == []
    [told] = scene.letters(sent, DeliveryKind.ACCESS_ANSWER)
    assert told.person == PRIYA
    assert isinstance(told.view, AccessAnswer)
    assert (told.view.granted, told.view.by) == (False, None)


def test_the_next_one_asked_reads_who_asks(db: Database, policy: Policy) -> None:
    incident_id = one_of_toms(db, policy)
    requests.request_access(db, policy, asking(), incident_id)
    at = NOON + timedelta(minutes=6)
    refusals.dead_target(
        MESSAGES, db, policy, the_request(db, 6), Refusal("user_disabled"), At(at, at)
    )
    sent = scene.send(db, policy, NOON + timedelta(minutes=7))
    [letter] = scene.letters(sent, DeliveryKind.ACCESS_REQUEST)
    assert letter.person == MEI
    assert isinstance(letter.view, AccessRequestMessage)
    assert letter.view.asker == PRIYA


@pytest.mark.parametrize("how", ["leaves the channel", "leaves Slack", "is no owner any more"])
def test_where_who_was_asked_can_answer_no_more_the_next_one_is_asked(
    db: Database, policy: Policy, how: str
) -> None:
    people(db, policy)
    incident_id = an_incident(db, policy, an_act(TOM), teams=(), tier=Tier.RESTRICTED).head.id
    lifecycle.assign(db, an_act(TOM), incident_id, SOFIA)
    if how != "is no owner any more":
        lifecycle.assign(db, an_act(TOM), incident_id, DANIEL)
        with db.transaction() as tx:
            incident_rows.change(tx, incident_id, {"owner": None})
    first = SOFIA if how == "is no owner any more" else TOM
    requests.request_access(db, policy, asking(), incident_id)
    scene.send(db, policy, NOON + timedelta(minutes=6))
    if how == "leaves Slack":
        with db.transaction() as tx:
            departures.mark_gone(tx, policy, WORKSPACE, TOM, NOON + timedelta(minutes=7))
    elif how == "leaves the channel":
        manual_joins.left(db, policy, an_act("bot", minutes=7), incident_id, TOM)
    else:
        lifecycle.assign(db, an_act(SOFIA, minutes=7), incident_id, DANIEL)
    sent = scene.send(db, policy, NOON + timedelta(minutes=8))
    [letter] = scene.letters(sent, DeliveryKind.ACCESS_REQUEST)
    assert isinstance(letter.view, AccessRequestMessage)
    assert letter.person != first
    edited = [one.view for one in scene.letters(sent, DeliveryKind.MESSAGE_EDIT)]
    [old] = [one for one in edited if isinstance(one, AccessRequestMessage)]
    assert (old.outcome, old.by) == (Outcome.PASSED_ON, letter.person)
    with pytest.raises(AskedAlready):
        requests.request_access(db, policy, replace(asking(), now=NOON + HOUR), incident_id)
    answer = an_act(letter.person or "", role=Role.VIEWER, minutes=9)
    assert requests.answer(db, answer, scene.newest_request(db), granted=True).admitted


def test_a_second_press_asks_who_can_answer_by_now(db: Database, policy: Policy) -> None:
    """Who was asked has lost their role since: no event tells."""
    people(db, policy)
    incident_id = one_of_toms(db, policy)
    requests.request_access(db, policy, asking(), incident_id)
    with db.transaction() as tx:
        stored.mark_gone(tx, WORKSPACE, TOM, NOON)
    requests.request_access(db, policy, replace(asking(), now=NOON + HOUR), incident_id)
    sent = scene.send(db, policy, NOON + HOUR)
    assert scene.told(sent, DeliveryKind.ACCESS_REQUEST) == [MEI]


def asked_in_turn(db: Database, policy: Policy, *gone: str) -> list[str]:
    """Who is asked for one request while one after the other leaves Slack."""
    asked = scene.told(scene.send(db, policy, NOON + HOUR), DeliveryKind.ACCESS_REQUEST)
    for number, user in enumerate(gone, start=2):
        with db.transaction() as tx:
            departures.mark_gone(tx, policy, WORKSPACE, user, NOON + number * HOUR)
        sent = scene.send(db, policy, NOON + number * HOUR)
        asked += scene.told(sent, DeliveryKind.ACCESS_REQUEST)
    return asked


def test_whoever_may_let_others_in_by_their_role_is_asked_behind_those_who_belong(
    db: Database, policy: Policy
) -> None:
    """Sofia was only let in to read it: as a responder she may decide all the same."""
    incident_id = one_of_toms(db, policy)
    requests.request_access(db, policy, asking(), incident_id)
    assert asked_in_turn(db, policy, TOM, MEI, SOFIA) == [TOM, MEI, SOFIA]


def test_where_no_one_in_it_is_left_a_manager_on_duty_who_may_read_it_is_asked(
    db: Database, policy: Policy
) -> None:
    """Of a restricted one, that is one who is in it: no one else."""
    people(db, policy, U0STRAY={})
    incident_id = an_incident(db, policy, an_act(TOM), teams=()).head.id
    manual_joins.joined(db, policy, an_act("bot"), incident_id, "U0STRAY", TOM)
    assert asked_in_turn(db, policy, TOM) == [TOM, policy.managers_on_duty[0]]


@pytest.mark.parametrize("told", [LEFT, {"is_restricted": True}], ids=["gone", "a guest"])
def test_the_request_of_a_person_who_leaves_slack_is_closed(
    db: Database, policy: Policy, told: Mapping[str, bool]
) -> None:
    incident_id = one_of_toms(db, policy)
    requests.request_access(db, policy, asking(), incident_id)
    scene.send(db, policy, NOON + timedelta(minutes=6))
    request_id = scene.newest_request(db)
    people(db, policy, **{PRIYA: dict(told)})
    sent = scene.send(db, policy, NOON + HOUR)
    edited = [one.view for one in scene.letters(sent, DeliveryKind.MESSAGE_EDIT)]
    [old] = [one for one in edited if isinstance(one, AccessRequestMessage)]
    assert old.outcome is Outcome.WITHDRAWN
    assert scene.told(sent, DeliveryKind.ACCESS_ANSWER) == []
    with pytest.raises(AnsweredAlready):
        requests.answer(db, an_act(TOM, minutes=61), request_id, granted=True)
    people(db, policy)
    again = replace(asking(), now=NOON + 2 * HOUR)
    assert requests.request_access(db, policy, again, incident_id) == "ESC-1"


def test_a_request_that_was_not_sent_before_its_person_left_is_never_sent(
    db: Database, policy: Policy
) -> None:
    incident_id = one_of_toms(db, policy)
    requests.request_access(db, policy, asking(), incident_id)
    left(db, policy, PRIYA)
    assert scene.letters(scene.send(db, policy, NOON + HOUR), DeliveryKind.ACCESS_REQUEST) == []


def a_task_of_priyas(db: Database, policy: Policy) -> str:
    incident_id = one_of_toms(db, policy)
    due = NOON + 2 * DAY
    tasks.add_task(db, policy, an_act(MEI), incident_id, assignee=PRIYA, text="draft", due_at=due)
    scene.send(db, policy, NOON + timedelta(minutes=4))
    return incident_id


@pytest.mark.parametrize(
    ("gone", "told"),
    [((), PRIYA), ((PRIYA,), TOM), ((PRIYA, TOM), MEI)],
)
def test_a_task_of_somebody_who_has_left_goes_to_who_answers_for_the_incident(
    db: Database, policy: Policy, gone: tuple[str, ...], told: str
) -> None:
    a_task_of_priyas(db, policy)
    left(db, policy, *gone)
    scene.tick(db, policy, NOON + 2 * DAY)
    reminders = scene.waiting(db, DeliveryKind.TASK_REMINDER)
    assert {row.target for row in reminders} == {told}
    sent = scene.send(db, policy, NOON + 2 * DAY)
    for letter in scene.letters(sent, DeliveryKind.TASK_REMINDER):
        assert letter.person == told
        assert isinstance(letter.view, TaskReminder)
        assert letter.view.task.assignee == told
        assert letter.view.task.text == "draft"


def test_a_task_that_nobody_is_left_for_is_told_to_a_manager_on_duty(
    db: Database, policy: Policy
) -> None:
    a_task_of_priyas(db, policy)
    left(db, policy, PRIYA, TOM, MEI, SOFIA)
    scene.tick(db, policy, NOON + 2 * DAY)
    sent = scene.send(db, policy, NOON + 2 * DAY)
    letters = scene.letters(sent, DeliveryKind.TASK_REMINDER)
    assert {letter.person for letter in letters} == {"U0AOIFE"}


def test_a_task_that_was_handed_over_meanwhile_is_its_new_persons(
    db: Database, policy: Policy
) -> None:
    incident_id = a_task_of_priyas(db, policy)
    left(db, policy, PRIYA)
    scene.tick(db, policy, NOON + 2 * DAY)
    [task] = scene.card(db, incident_id).tasks
    tasks.hand_over_task(db, an_act(MEI, hours=49), task.id, SOFIA)
    sent = scene.send(db, policy, NOON + 3 * DAY)
    told = scene.letters(sent, DeliveryKind.TASK_REMINDER)
    assert {letter.person for letter in told} == {SOFIA}
    assert {getattr(letter.view, "instead", None) for letter in told} == {False}
