"""What is due later: reminders, tasks, follow-ups, updates; snoozed, stopped, late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.domain.access.visibility import Tier
from bot.domain.errors import BadInput, NothingToDo, NotYours
from bot.domain.followups.cadence import Snooze, snoozed_until
from bot.domain.followups.reminder_messages import TaskReminder
from bot.domain.ids import UserId
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.policy import Policy
from bot.render.followups import reminder_messages
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.followups import tasks as followups_tasks
from bot.services.followups import update_timing
from bot.services.incidents import lifecycle, queries
from bot.store.database import Database
from bot.store.tables import Reminder, Task
from bot.store.tables.states import ReminderState
from tests.factories import MEI, NOON, PRIYA, TOM, an_act, an_incident, people
from tests.services import scene

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def quiet(db: Database, policy: Policy) -> str:
    """An incident of Mei's that pages nobody."""
    incident_id = an_incident(db, policy, teams=()).head.id
    lifecycle.assign(db, an_act(MEI), incident_id, MEI)
    scene.send(db, policy)
    return incident_id


def a_reminder(db: Database) -> str:
    followups_tasks.add_reminder(db, an_act(MEI), text="ask Legal", due_at=NOON + HOUR)
    with db.reading() as tx:
        [reminder] = tx.all(select(Reminder))
        return reminder.id


def a_task(db: Database, policy: Policy, incident_id: str) -> str:
    followups_tasks.add_task(
        db, policy, an_act(MEI), incident_id, assignee=PRIYA, text="draft", due_at=NOON + 3 * HOUR
    )
    scene.send(db, policy)
    with db.reading() as tx:
        [task] = tx.all(select(Task))
        return task.id


def heard(db: Database, policy: Policy, kind: DeliveryKind, after: timedelta) -> list[bool]:
    """What reaches people at that time; for each letter whether it says that it is late."""
    scene.tick(db, policy, NOON + after)
    sent = scene.send(db, policy, NOON + after)
    return [bool(getattr(letter.view, "late", False)) for letter in scene.letters(sent, kind)]


def test_a_reminder_speaks_once_when_it_is_due(db: Database, policy: Policy) -> None:
    a_reminder(db)
    assert heard(db, policy, DeliveryKind.REMINDER, HOUR - timedelta(seconds=1)) == []
    assert heard(db, policy, DeliveryKind.REMINDER, HOUR) == [False]
    assert heard(db, policy, DeliveryKind.REMINDER, 9 * DAY) == []


def test_after_a_downtime_a_reminder_comes_once_marked_late(db: Database, policy: Policy) -> None:
    a_reminder(db)
    assert heard(db, policy, DeliveryKind.REMINDER, 8 * DAY) == [True]
    assert heard(db, policy, DeliveryKind.REMINDER, 9 * DAY) == []


def test_a_snoozed_reminder_stays_silent_until_then(db: Database, policy: Policy) -> None:
    reminder = a_reminder(db)
    heard(db, policy, DeliveryKind.REMINDER, HOUR)
    followups_tasks.snooze_reminder(db, an_act(MEI, hours=1), reminder, NOON + 3 * HOUR)
    assert heard(db, policy, DeliveryKind.REMINDER, 2 * HOUR) == []
    assert heard(db, policy, DeliveryKind.REMINDER, 3 * HOUR) == [False]


def test_a_reminder_snoozed_before_it_was_sent_is_not_sent(db: Database, policy: Policy) -> None:
    reminder = a_reminder(db)
    scene.tick(db, policy, NOON + HOUR)
    followups_tasks.snooze_reminder(db, an_act(MEI, hours=1), reminder, NOON + 3 * HOUR)
    assert scene.letters(scene.send(db, policy, NOON + HOUR), DeliveryKind.REMINDER) == []
    assert heard(db, policy, DeliveryKind.REMINDER, 3 * HOUR) == [False]


@pytest.mark.parametrize("end", [ReminderState.DONE, ReminderState.STOPPED])
def test_a_reminder_that_ended_never_speaks(
    db: Database, policy: Policy, end: ReminderState
) -> None:
    reminder = a_reminder(db)
    followups_tasks.end_reminder(db, an_act(MEI), reminder, end)
    assert heard(db, policy, DeliveryKind.REMINDER, 9 * DAY) == []
    with pytest.raises(NothingToDo):
        followups_tasks.snooze_reminder(db, an_act(MEI), reminder, NOON + HOUR)


def test_a_reminder_is_its_owners(db: Database) -> None:
    with pytest.raises(NotYours):
        followups_tasks.end_reminder(db, an_act(TOM), a_reminder(db), ReminderState.DONE)


def test_a_task_speaks_before_it_is_due_when_it_is_and_each_day_after(
    db: Database, policy: Policy
) -> None:
    a_task(db, policy, quiet(db, policy))
    kind = DeliveryKind.TASK_REMINDER
    assert heard(db, policy, kind, 2 * HOUR) == [False]
    assert heard(db, policy, kind, 3 * HOUR) == [False]
    assert heard(db, policy, kind, 3 * HOUR + DAY) == [False]
    assert heard(db, policy, kind, 3 * HOUR + 8 * DAY) == [True], "once after a downtime"
    assert heard(db, policy, kind, 3 * HOUR + 9 * DAY) == [False]


def test_each_message_about_a_task_says_who_gave_it_and_the_first_that_it_is_new(
    db: Database, policy: Policy
) -> None:
    incident_id = quiet(db, policy)
    followups_tasks.add_task(
        db, policy, an_act(MEI), incident_id, assignee=PRIYA, text="draft", due_at=NOON + 3 * HOUR
    )

    def told() -> list[object]:
        sent = scene.send(db, policy, NOON + 3 * HOUR)
        views = [letter.view for letter in scene.letters(sent, DeliveryKind.TASK_REMINDER)]
        return [(view.by, view.new) for view in views if isinstance(view, TaskReminder)]

    assert told() == [(MEI, True)]
    scene.tick(db, policy, NOON + 3 * HOUR)
    assert told() == [(MEI, False)]
    task_id = scene.outgoing_rows(db, DeliveryKind.TASK_REMINDER)[0].subject
    followups_tasks.hand_over_task(db, an_act(PRIYA), task_id, TOM)
    assert told() == [(PRIYA, True)]


def test_the_card_says_that_a_task_is_overdue_from_when_it_is(db: Database, policy: Policy) -> None:
    """Also where nothing else changes: the escalation is resolved, and its follow-up passes."""
    incident_id = quiet(db, policy)
    a_task(db, policy, incident_id)
    cause = next(iter(policy.root_causes))
    lifecycle.resolve(db, policy, an_act(MEI), incident_id, root_cause=cause, follow_up_days=())
    scene.tick(db, policy, NOON + 2 * HOUR)
    scene.send(db, policy, NOON + 2 * HOUR)
    assert not scene.waiting(db, DeliveryKind.CARD_UPDATE)
    scene.tick(db, policy, NOON + 3 * HOUR)
    [edited] = scene.waiting(db, DeliveryKind.CARD_UPDATE)
    assert edited.subject == incident_id


def test_a_task_that_is_done_is_silent_and_done_once(db: Database, policy: Policy) -> None:
    task = a_task(db, policy, quiet(db, policy))
    followups_tasks.finish_task(db, an_act(PRIYA), task)
    assert heard(db, policy, DeliveryKind.TASK_REMINDER, 9 * DAY) == []
    with pytest.raises(NothingToDo):
        followups_tasks.finish_task(db, an_act(PRIYA), task)


def test_a_task_snoozed_until_tomorrow_twice_still_speaks_tomorrow(
    db: Database, policy: Policy
) -> None:
    task = a_task(db, policy, quiet(db, policy))
    tomorrow = snoozed_until(Snooze.TOMORROW, NOON, policy.default_zone)
    for minute in (1, 2):
        followups_tasks.snooze_task(db, an_act(PRIYA, minutes=minute), task, tomorrow)
    kind = DeliveryKind.TASK_REMINDER
    assert heard(db, policy, kind, tomorrow - NOON - HOUR) == []
    assert heard(db, policy, kind, tomorrow - NOON) == [False]


def test_a_task_that_is_handed_over_reminds_the_new_one(db: Database, policy: Policy) -> None:
    task = a_task(db, policy, quiet(db, policy))
    followups_tasks.hand_over_task(db, an_act(PRIYA), task, TOM)
    sent = scene.send(db, policy)
    assert scene.told(sent, DeliveryKind.TASK_REMINDER) == [TOM]
    with pytest.raises(NothingToDo):
        followups_tasks.hand_over_task(db, an_act(TOM), task, TOM)


KNOWN = "Zyxomma has not answered"


@pytest.mark.parametrize("tier", list(Tier))
def test_what_is_said_when_a_task_is_handed_over_reaches_the_new_one(
    db: Database, policy: Policy, tier: Tier
) -> None:
    incident_id = an_incident(db, policy, teams=(), tier=tier).head.id
    task = a_task(db, policy, incident_id)
    followups_tasks.hand_over_task(db, an_act(PRIYA), task, TOM, f"  {KNOWN} ")
    entry = queries.details(db, an_act(MEI), incident_id).entries[-1]
    assert (entry.kind, entry.data["summary"]) == (EntryKind.TASK, KNOWN)
    [waits] = scene.waiting(db, DeliveryKind.TASK_REMINDER)
    assert KNOWN not in str(waits), "nothing confidential lies in the queue"
    [letter] = scene.letters(scene.send(db, policy, NOON + HOUR), DeliveryKind.TASK_REMINDER)
    assert isinstance(letter.view, TaskReminder)
    assert (letter.person, letter.view.summary, letter.view.by) == (TOM, KNOWN, PRIYA)
    assert KNOWN in str(
        reminder_messages.task_reminder(Wording(policy, Templates()), letter.view).blocks
    )


def test_what_was_said_to_one_is_not_said_to_who_has_the_task_next(
    db: Database, policy: Policy
) -> None:
    task = a_task(db, policy, quiet(db, policy))
    followups_tasks.hand_over_task(db, an_act(PRIYA), task, TOM, KNOWN)
    scene.tick(db, policy, NOON + 2 * HOUR)
    followups_tasks.hand_over_task(db, an_act(TOM, hours=2), task, MEI, "back to you")
    scene.tick(db, policy, NOON + 3 * HOUR)
    sent = scene.send(db, policy, NOON + 3 * HOUR)
    views = [letter.view for letter in scene.letters(sent, DeliveryKind.TASK_REMINDER)]
    assert [getattr(view, "summary", "?") for view in views] == ["back to you"]


def test_who_may_not_read_a_restricted_one_is_not_told_what_was_said(
    db: Database, policy: Policy
) -> None:
    """Nobody else is left: a manager on duty hears of the task, not of its words."""
    task = a_task(db, policy, an_incident(db, policy, teams=(), tier=Tier.RESTRICTED).head.id)
    followups_tasks.hand_over_task(db, an_act(PRIYA), task, TOM, KNOWN)
    people(db, policy, **{user: {"deleted": True} for user in (MEI, PRIYA, TOM)})
    [letter] = scene.letters(scene.send(db, policy, NOON + HOUR), DeliveryKind.TASK_REMINDER)
    assert letter.person == "U0AOIFE"
    assert KNOWN not in str(letter.view)


def test_a_handover_that_is_too_long_is_refused(db: Database, policy: Policy) -> None:
    task = a_task(db, policy, quiet(db, policy))
    with pytest.raises(BadInput):
        followups_tasks.hand_over_task(db, an_act(PRIYA), task, TOM, "x" * 3_001)


def test_resolving_plans_follow_ups_and_lets_their_owner_in(db: Database, policy: Policy) -> None:
    incident_id = quiet(db, policy)
    lifecycle.resolve(
        db, policy, an_act(MEI), incident_id, root_cause="tooling", follow_up_owner=UserId("U0WEI")
    )
    with db.reading() as tx:
        tasks = sorted(tx.all(select(Task)), key=lambda task: task.due_at)
    assert [task.text for task in tasks] == [
        *("1-day follow-up", "7-day follow-up", "30-day follow-up"),
    ]
    assert {task.assignee for task in tasks} == {"U0WEI"}
    # What is due: whoever was there before was invited at this very moment too, in any order.
    assert [row.args["users"] for row in scene.waiting(db, DeliveryKind.CHANNEL_INVITE)] == [
        ["U0WEI"]
    ]


def test_a_follow_up_speaks_at_nine_also_on_the_day_after_the_clocks_have_changed(
    db: Database, policy: Policy
) -> None:
    """New York, where 14 March 2027 has 23 hours."""
    there = replace(policy, default_zone=ZoneInfo("America/New_York"))
    incident_id = quiet(db, policy)
    evening, nine = datetime(2027, 3, 13, 23, tzinfo=UTC), datetime(2027, 3, 14, 13, tzinfo=UTC)
    resolver = replace(an_act(MEI), now=evening)
    lifecycle.resolve(db, there, resolver, incident_id, root_cause="tooling", follow_up_days=(1,))
    kind = DeliveryKind.TASK_REMINDER
    assert heard(db, there, kind, nine - HOUR - NOON) == [False], "an hour before"
    assert heard(db, there, kind, nine - timedelta(seconds=1) - NOON) == []
    assert heard(db, there, kind, nine - NOON) == [False]


def test_without_an_update_the_owner_is_asked_again_and_again(db: Database, policy: Policy) -> None:
    quiet(db, policy)
    kind = DeliveryKind.UPDATE_REMINDER
    assert heard(db, policy, kind, 2 * HOUR - timedelta(seconds=1)) == []
    assert heard(db, policy, kind, 2 * HOUR) == [False]
    assert heard(db, policy, kind, 4 * HOUR) == [False]
    assert heard(db, policy, kind, 8 * DAY) == [True]


def test_an_update_begins_the_time_anew(db: Database, policy: Policy) -> None:
    incident_id = quiet(db, policy)
    lifecycle.post_update(db, an_act(MEI, hours=1), incident_id, "we wait for Legal")
    assert heard(db, policy, DeliveryKind.UPDATE_REMINDER, 2 * HOUR) == []
    assert heard(db, policy, DeliveryKind.UPDATE_REMINDER, 3 * HOUR) == [False]


def test_an_update_posted_before_the_reminder_was_sent_makes_it_moot(
    db: Database, policy: Policy
) -> None:
    incident_id = quiet(db, policy)
    scene.tick(db, policy, NOON + 2 * HOUR)
    lifecycle.post_update(db, an_act(MEI, hours=2), incident_id, "done in a minute")
    sent = scene.send(db, policy, NOON + 2 * HOUR)
    assert scene.letters(sent, DeliveryKind.UPDATE_REMINDER) == []


def test_a_snoozed_update_is_silent_and_can_be_snoozed_to_the_same_time_again(
    db: Database, policy: Policy
) -> None:
    incident_id = quiet(db, policy)
    update_timing.snooze_update(db, an_act(MEI), incident_id, 9 * HOUR)
    lifecycle.post_update(db, an_act(MEI, hours=1), incident_id, "news")
    update_timing.snooze_update(db, an_act(MEI, hours=2), incident_id, 7 * HOUR)
    assert scene.due_timers(db, TimerKind.UPDATE_DUE) == [NOON + 9 * HOUR]
    assert heard(db, policy, DeliveryKind.UPDATE_REMINDER, 8 * HOUR) == []
    assert heard(db, policy, DeliveryKind.UPDATE_REMINDER, 9 * HOUR) == [False]


def test_stopped_updates_are_asked_for_again_after_the_next_one(
    db: Database, policy: Policy
) -> None:
    incident_id = quiet(db, policy)
    update_timing.stop_updates(db, an_act(MEI), incident_id)
    assert heard(db, policy, DeliveryKind.UPDATE_REMINDER, DAY) == []
    lifecycle.post_update(db, an_act(MEI, days=1), incident_id, "news")
    assert heard(db, policy, DeliveryKind.UPDATE_REMINDER, DAY + 2 * HOUR) == [False]


def test_without_an_owner_a_manager_on_duty_is_asked(db: Database, policy: Policy) -> None:
    an_incident(db, policy, teams=())
    scene.tick(db, policy, NOON + 2 * HOUR)
    sent = scene.send(db, policy, NOON + 2 * HOUR)
    assert scene.told(sent, DeliveryKind.UPDATE_REMINDER) == [MEI]
