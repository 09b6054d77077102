"""What becomes of a message about a task, or for an update, once it is not true any more."""

from datetime import timedelta

import pytest

from bot.domain.act import Role
from bot.domain.errors import NotYours
from bot.domain.followups.reminder_messages import Outcome, TaskReminder, UpdateReminder
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.followups import tasks, update_timing
from bot.services.incidents import lifecycle, queries
from bot.store.database import Database
from tests.factories import DANIEL, MEI, NOON, PRIYA, TOM, an_act, people
from tests.services import scene
from tests.services.followups.test_followups import HOUR, a_task, quiet


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def reminded(db: Database, policy: Policy) -> str:
    """A task of Priya's that has spoken."""
    task = a_task(db, policy, quiet(db, policy))
    scene.tick(db, policy, NOON + 3 * HOUR)
    assert scene.told(scene.send(db, policy, NOON + 3 * HOUR), DeliveryKind.TASK_REMINDER)
    return task


def edited(db: Database, policy: Policy) -> list[TaskReminder]:
    sent = scene.send(db, policy, NOON + 4 * HOUR)
    views = [letter.view for letter in scene.letters(sent, DeliveryKind.MESSAGE_EDIT)]
    return [view for view in views if isinstance(view, TaskReminder)]


def test_the_reminder_of_a_task_that_is_done_says_so(db: Database, policy: Policy) -> None:
    tasks.finish_task(db, an_act(PRIYA, hours=3), reminded(db, policy))
    [view] = edited(db, policy)
    assert view.outcome is Outcome.DONE


def test_the_reminder_of_a_task_that_passed_on_says_so(db: Database, policy: Policy) -> None:
    tasks.hand_over_task(db, an_act(PRIYA, hours=3), reminded(db, policy), TOM)
    [view] = edited(db, policy)
    assert view.outcome is Outcome.PASSED_ON


def test_the_reminder_of_a_task_that_is_put_off_says_until_when(
    db: Database, policy: Policy
) -> None:
    until = NOON + 30 * HOUR
    tasks.snooze_task(db, an_act(PRIYA, hours=3), reminded(db, policy), until)
    [view] = edited(db, policy)
    assert (view.outcome, view.until) == (Outcome.SNOOZED, until)


def test_the_reminder_of_a_task_that_ended_with_its_escalation_says_so(
    db: Database, policy: Policy
) -> None:
    task = reminded(db, policy)
    incident_id = scene.outgoing_rows(db, DeliveryKind.TASK_REMINDER)[0].incident_id
    assert incident_id is not None
    assert task
    lifecycle.decline(db, an_act(MEI, hours=3), incident_id, "not ours")
    [view] = edited(db, policy)
    assert view.outcome is Outcome.WITHDRAWN


def test_the_card_shows_no_task_that_is_done(db: Database, policy: Policy) -> None:
    task = a_task(db, policy, quiet(db, policy))
    scene.send(db, policy, NOON + HOUR)
    assert not scene.waiting(db, DeliveryKind.CARD_UPDATE)
    tasks.finish_task(db, an_act(PRIYA, hours=1), task)
    assert scene.waiting(db, DeliveryKind.CARD_UPDATE)


def test_only_an_update_puts_off_the_next_one(db: Database, policy: Policy) -> None:
    """A task or a person who is let in is no update for those who wait."""
    incident_id = quiet(db, policy)
    lifecycle.post_update(db, an_act(MEI, minutes=10), incident_id, "we look at it")
    tasks.add_task(
        db,
        policy,
        an_act(MEI, minutes=20),
        incident_id,
        assignee=DANIEL,
        text="draft",
        due_at=NOON + 90 * HOUR,
    )
    scene.tick(db, policy, NOON + 9 * HOUR)
    said = scene.letters(scene.send(db, policy, NOON + 9 * HOUR), DeliveryKind.UPDATE_REMINDER)
    views = [letter.view for letter in said if isinstance(letter.view, UpdateReminder)]
    assert {view.last_update_at for view in views} == {NOON + timedelta(minutes=10)}


def test_the_request_for_an_update_is_edited_once_updates_stop(
    db: Database, policy: Policy
) -> None:
    incident_id = quiet(db, policy)
    scene.tick(db, policy, NOON + 9 * HOUR)
    said = scene.send(db, policy, NOON + 9 * HOUR)
    assert scene.told(said, DeliveryKind.UPDATE_REMINDER)
    update_timing.stop_updates(db, an_act(MEI, hours=9), incident_id)
    edits = scene.letters(scene.send(db, policy, NOON + 10 * HOUR), DeliveryKind.MESSAGE_EDIT)
    assert [one.view.outcome for one in edits if isinstance(one.view, UpdateReminder)]


def test_a_task_is_shown_to_its_person_and_to_no_other(db: Database, policy: Policy) -> None:
    task = a_task(db, policy, quiet(db, policy))
    assert queries.task(db, an_act(PRIYA), task).assignee == PRIYA
    with pytest.raises(NotYours):
        queries.task(db, an_act(DANIEL, role=Role.MEMBER), task)
