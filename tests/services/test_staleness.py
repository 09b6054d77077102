"""An event enqueues the edits of what it makes untrue, and of nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.followups.reminder_messages import Outcome, ReminderMessage, UpdateReminder
from bot.domain.ids import UserId
from bot.domain.incidents.lifecycle import State
from bot.domain.kinds import DeliveryKind
from bot.domain.unanswered.manager_messages import ExhaustedMessage
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import outcomes, outgoing, refusals
from bot.services.delivery.content import MessageContent, NothingToSay, RequestedPlace
from bot.services.delivery.results import Accepted, At, Refusal, Retry
from bot.services.followups import tasks
from bot.services.incidents import lifecycle
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from bot.store.tables.states import ReminderState
from tests.databases import on_both
from tests.factories import MEI, NOON, PRIYA, an_act, an_incident, people
from tests.services import scene
from tests.truth import as_claimed

pytestmark = on_both

HOUR = timedelta(hours=1)
EDIT = DeliveryKind.MESSAGE_EDIT


@pytest.fixture
def incident_id(db: Database, policy: Policy) -> str:
    people(db, policy)
    return an_incident(db, policy, teams=("legal",)).head.id


View = TypeVar("View")


def edits(sent: scene.Sent, kind: type[View]) -> list[tuple[MessageContent[Any], View]]:
    """The edits of one kind of message, and what they say."""
    return [
        (letter, letter.view)
        for letter in scene.letters(sent, EDIT)
        if isinstance(letter.view, kind)
    ]


def spent(db: Database, policy: Policy) -> None:
    """The whole ladder goes by, and all that is said of it is sent."""
    scene.send(db, policy)
    for hour in range(1, 13):
        scene.tick(db, policy, NOON + hour * HOUR)
    scene.send(db, policy, NOON + 12 * HOUR)


def a_spoken_reminder(db: Database, policy: Policy) -> str:
    tasks.add_reminder(db, an_act(), text="Ask Legal", due_at=NOON + HOUR)
    scene.tick(db, policy, NOON + HOUR)
    (posted, _), *_ = [
        one for one in scene.send(db, policy, NOON + HOUR) if one[0].kind is DeliveryKind.REMINDER
    ]
    return posted.subject


@pytest.mark.usefixtures("incident_id")
def test_whoever_was_told_that_nobody_answered_is_told_that_somebody_did(
    db: Database, policy: Policy
) -> None:
    spent(db, policy)
    told = scene.outgoing_rows(db, DeliveryKind.EXHAUSTED)
    answers.acknowledge(db, an_act(PRIYA, hours=13), scene.page_of(db, PRIYA))
    edited = edits(scene.send(db, policy, NOON + 13 * HOUR), ExhaustedMessage)
    places = {(letter.channel, letter.ts) for letter, _ in edited}
    assert places == {(row.slack_channel, row.slack_ts) for row in told}
    assert {(view.team.responder, view.asks) for _, view in edited} == {(PRIYA, False)}


@pytest.mark.usefixtures("incident_id")
def test_ten_changes_are_one_edit(db: Database, policy: Policy) -> None:
    reminder = a_spoken_reminder(db, policy)
    for hours in range(2, 5):
        tasks.snooze_reminder(db, an_act(hours=1), reminder, NOON + hours * HOUR)
    tasks.end_reminder(db, an_act(hours=1), reminder, ReminderState.DONE)
    [edit] = scene.letters(scene.send(db, policy, NOON + 2 * HOUR), EDIT)
    assert isinstance(edit.view, ReminderMessage)
    assert edit.view.outcome is Outcome.DONE


@pytest.mark.usefixtures("incident_id")
def test_a_message_that_is_found_later_is_edited(db: Database, policy: Policy) -> None:
    tasks.add_reminder(db, an_act(), text="Ask Legal", due_at=NOON + HOUR)
    scene.tick(db, policy, NOON + HOUR)
    lost = claimed(db, DeliveryKind.REMINDER)
    at = At(NOON + HOUR, NOON + HOUR)
    outcomes.again(db, lost, Retry(timedelta(0), error="no answer", unknown=True), at)
    tasks.end_reminder(db, an_act(hours=1), lost.subject, ReminderState.DONE)
    assert scene.waiting(db, EDIT) == []
    found = claimed(db, DeliveryKind.REMINDER)
    outcomes.sent(MESSAGES, db, found, Accepted("D0MEI", "7.7", found=True), at)
    [edit] = scene.letters(scene.send(db, policy, NOON + HOUR), EDIT)
    assert (edit.channel, edit.ts) == ("D0MEI", "7.7")


@pytest.mark.usefixtures("incident_id")
def test_a_message_that_is_on_its_way_is_edited(db: Database, policy: Policy) -> None:
    """It was put into words before the event, and is accepted after it."""
    tasks.add_reminder(db, an_act(), text="Ask Legal", due_at=NOON + HOUR)
    scene.tick(db, policy, NOON + HOUR)
    sending = claimed(db, DeliveryKind.REMINDER)
    tasks.end_reminder(db, an_act(hours=1), sending.subject, ReminderState.DONE)
    outcomes.sent(MESSAGES, db, sending, Accepted("D0MEI", "7.7"), At(NOON + HOUR, NOON + HOUR))
    [edit] = scene.letters(scene.send(db, policy, NOON + HOUR), EDIT)
    assert (edit.channel, edit.ts) == ("D0MEI", "7.7")


def test_only_the_last_reminder_still_asks(db: Database, policy: Policy, incident_id: str) -> None:
    lifecycle.assign(db, an_act(), incident_id, UserId(MEI))
    for hour in (4, 8):
        scene.tick(db, policy, NOON + hour * HOUR)
        sent = scene.send(db, policy, NOON + hour * HOUR)
    [(repeated, view)] = edits(sent, UpdateReminder)
    assert view.outcome is Outcome.REPEATED
    lifecycle.post_update(db, an_act(hours=9), incident_id, "We know more.", State.INVESTIGATING)
    [(updated, view)] = edits(scene.send(db, policy, NOON + 9 * HOUR), UpdateReminder)
    assert view.outcome is Outcome.UPDATED
    assert updated.ts != repeated.ts


def claimed(db: Database, kind: DeliveryKind) -> Claimed:
    """Take what is due until it is a delivery of this kind."""
    for later in range(1, 20):
        with db.transaction() as tx:
            taken = claims.claim(
                tx,
                kinds=MESSAGES.args,
                now=NOON + HOUR,
                real=NOON + HOUR + later * timedelta(minutes=1),
                limit=100,
            )
        wanted = [one for one in taken if one.kind is kind]
        if wanted:
            return wanted[0]
        for other in taken:
            outcomes.moot(db, other, "not asked", At(NOON + HOUR, NOON + HOUR))
    raise AssertionError(f"no {kind} is due")


@pytest.mark.usefixtures("incident_id")
def test_an_edit_of_what_was_never_sent_is_dropped(db: Database, policy: Policy) -> None:
    tasks.add_reminder(db, an_act(), text="Ask Legal", due_at=NOON + HOUR)
    scene.tick(db, policy, NOON + HOUR)
    [row] = scene.outgoing_rows(db, DeliveryKind.REMINDER)
    tasks.end_reminder(db, an_act(hours=1), row.subject, ReminderState.DONE)
    scene.send(db, policy, NOON + HOUR)
    states = {one.state for one in scene.outgoing_rows(db) if one.kind in (EDIT, row.kind)}
    assert states == {DeliveryState.CANCELLED}


@pytest.mark.usefixtures("incident_id")
@pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed"])
def test_a_page_that_waits_and_cannot_be_edited_is_posted_again(
    db: Database, policy: Policy, code: str
) -> None:
    scene.send(db, policy)
    scene.tick(db, policy, NOON + HOUR / 4)
    edit = next_of(db, DeliveryKind.PAGE_UPDATE, NOON + HOUR / 4)
    at = At(NOON + HOUR / 4, NOON + HOUR)
    refusals.rejected(MESSAGES, db, policy, edit, Refusal(code, RequestedPlace("D1", "1.1")), at)
    again = [row for row in scene.waiting(db, DeliveryKind.PAGE) if row.subject == edit.subject]
    assert [row.target for row in again] == [PRIYA]
    sent = scene.send(db, policy, NOON + HOUR)
    assert PRIYA in scene.told(sent, DeliveryKind.PAGE)
    answers.acknowledge(db, an_act(PRIYA, hours=1), edit.subject)
    assert scene.waiting(db, DeliveryKind.PAGE_UPDATE)


def next_of(db: Database, kind: DeliveryKind, now: datetime) -> Claimed:
    for later in range(1, 20):
        with db.transaction() as tx:
            taken = claims.claim(
                tx,
                kinds=MESSAGES.args,
                now=now,
                real=NOON + later * timedelta(minutes=1),
                limit=100,
            )
        wanted = [one for one in taken if one.kind is kind]
        if wanted:
            return wanted[0]
    raise AssertionError(f"no {kind} is due")


def test_what_a_newer_release_posted_is_left_as_it_stands(db: Database, policy: Policy) -> None:
    a_spoken_reminder(db, policy)
    [row] = scene.outgoing_rows(db, DeliveryKind.REMINDER)
    known = {kind: one for kind, one in MESSAGES.rows.items() if kind is not row.kind}
    edit = as_claimed(row, EDIT, row.id, {})
    content = outgoing.prepare(replace(MESSAGES, rows=known), db, policy, edit, NOON + 2 * HOUR)
    assert content == NothingToSay("a kind of another release")
    assert isinstance(outgoing.prepare(MESSAGES, db, policy, edit, NOON), MessageContent)
