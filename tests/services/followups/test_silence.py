"""Silence belongs to the person who asked for it; what an escalation leaves behind is withdrawn."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain.errors import NothingToDo
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.kinds.due_work import DUE_WORK
from bot.policy import Policy
from bot.services.duework import firing
from bot.services.followups import tasks as followups_tasks
from bot.services.followups import update_timing
from bot.services.incidents import lifecycle, queries
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.tables import Task
from bot.store.tables.states import TaskState
from tests.databases import on_both
from tests.factories import MEI, NOON, PRIYA, TOM, an_act, an_incident, people
from tests.services import scene
from tests.services.followups.test_followups import DAY, HOUR, a_task, heard, quiet

MINUTE = timedelta(minutes=1)
TASK = DeliveryKind.TASK_REMINDER
UPDATE = DeliveryKind.UPDATE_REMINDER


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def resolve(db: Database, policy: Policy, incident_id: str, *, hours: int = 0) -> None:
    cause = next(iter(policy.root_causes))
    lifecycle.resolve(db, policy, an_act(MEI, hours=hours), incident_id, root_cause=cause)


def tasks(db: Database, state: TaskState) -> list[str]:
    with db.reading() as tx:
        found = tx.all(select(Task).order_by(Task.due_at))  # type: ignore[arg-type]
    return [task.text for task in found if task.state is state]


def end(db: Database, how: str, incident_id: str, other: str, *, hours: int) -> lifecycle.Turned:
    act = an_act(MEI, hours=hours)
    if how == "declined":
        return lifecycle.decline(db, act, incident_id, "not ours")
    return lifecycle.duplicate(db, act, incident_id, other)


# A snooze, a stop: the next person starts with fresh timers.


def test_a_snoozed_task_that_is_handed_over_speaks_to_the_new_one(
    db: Database, policy: Policy
) -> None:
    """Due at 15:00, so it speaks at 14:00 and at 15:00."""
    task = a_task(db, policy, quiet(db, policy))
    followups_tasks.snooze_task(db, an_act(PRIYA), task, NOON + 3 * DAY)
    followups_tasks.hand_over_task(db, an_act(PRIYA, hours=1), task, TOM)
    scene.send(db, policy, NOON + HOUR)
    assert heard(db, policy, TASK, 2 * HOUR) == [False]
    assert heard(db, policy, TASK, 3 * HOUR) == [False]
    assert heard(db, policy, TASK, 3 * HOUR + DAY) == [False]
    assert heard(db, policy, TASK, 3 * HOUR + 2 * DAY) == [False]
    assert heard(db, policy, TASK, 3 * DAY) == [], "not also at the end of the snooze"


def test_an_overdue_task_that_was_snoozed_and_handed_over_speaks_a_day_later(
    db: Database, policy: Policy
) -> None:
    task = a_task(db, policy, quiet(db, policy))
    heard(db, policy, TASK, 4 * HOUR)
    followups_tasks.snooze_task(db, an_act(PRIYA, hours=4), task, NOON + 30 * DAY)
    followups_tasks.hand_over_task(db, an_act(PRIYA, hours=5), task, TOM)
    assert heard(db, policy, TASK, 5 * HOUR) == [False], "that it is Tom's now"
    assert heard(db, policy, TASK, 5 * HOUR + DAY) == [False]


@on_both
def test_what_waited_for_the_one_before_is_not_told_to_the_new_one_as_well(
    db: Database, policy: Policy
) -> None:
    task = a_task(db, policy, quiet(db, policy))
    scene.tick(db, policy, NOON + 2 * HOUR)
    followups_tasks.hand_over_task(db, an_act(PRIYA, hours=2), task, TOM)
    sent = scene.send(db, policy, NOON + 2 * HOUR)
    assert scene.told(sent, TASK) == [TOM]


def test_a_snooze_that_ends_before_the_task_is_due_leaves_that_reminder(
    db: Database, policy: Policy
) -> None:
    task = a_task(db, policy, quiet(db, policy))
    followups_tasks.snooze_task(db, an_act(PRIYA), task, NOON + 30 * MINUTE)
    assert heard(db, policy, TASK, 30 * MINUTE) == [False]
    assert heard(db, policy, TASK, 3 * HOUR - MINUTE) == []
    assert heard(db, policy, TASK, 3 * HOUR) == [False]
    assert heard(db, policy, TASK, 3 * HOUR + DAY) == [False]


@pytest.mark.parametrize("silence", ["stopped", "snoozed"])
def test_a_new_owner_is_asked_for_updates_whatever_the_one_before_silenced(
    db: Database, policy: Policy, silence: str
) -> None:
    incident_id = quiet(db, policy)
    if silence == "stopped":
        update_timing.stop_updates(db, an_act(MEI), incident_id)
    else:
        update_timing.snooze_update(db, an_act(MEI), incident_id, 9 * HOUR)
    lifecycle.assign(db, an_act(MEI, hours=1), incident_id, TOM)
    assert scene.due_timers(db, TimerKind.UPDATE_DUE) == [NOON + 3 * HOUR]
    scene.tick(db, policy, NOON + 3 * HOUR)
    sent = scene.send(db, policy, NOON + 3 * HOUR)
    assert scene.told(sent, UPDATE) == [TOM]


# Several moments that passed in one step.


@pytest.mark.parametrize("away", [3 * HOUR, 5 * HOUR, 40 * DAY])
def test_after_hours_away_a_task_speaks_once(db: Database, policy: Policy, away: timedelta) -> None:
    a_task(db, policy, quiet(db, policy))
    assert len(heard(db, policy, TASK, away)) == 1
    assert heard(db, policy, TASK, away + DAY - MINUTE) == []
    assert len(heard(db, policy, TASK, away + DAY)) == 1


def test_of_two_moments_that_are_fired_one_after_the_other_the_last_one_speaks(
    db: Database, policy: Policy
) -> None:
    a_task(db, policy, quiet(db, policy))
    away = NOON + 5 * HOUR
    with db.transaction() as tx:
        before, due = timers.claim(tx, now=away, real=away, limit=9, kinds=[TimerKind.TASK_DUE])
    firing.fire(DUE_WORK, db, policy, before, away)
    assert scene.told(scene.send(db, policy, away), TASK) == []
    firing.fire(DUE_WORK, db, policy, due, away)
    assert scene.told(scene.send(db, policy, away), TASK) == [PRIYA]


def test_a_snooze_and_the_due_time_that_passed_together_speak_once(
    db: Database, policy: Policy
) -> None:
    task = a_task(db, policy, quiet(db, policy))
    followups_tasks.snooze_task(db, an_act(PRIYA), task, NOON + HOUR)
    assert len(heard(db, policy, TASK, 5 * HOUR)) == 1
    assert scene.due_timers(db, TimerKind.TASK_DUE) == [NOON + 5 * HOUR + DAY]


def test_while_slack_is_away_what_repeats_itself_waits_once(db: Database, policy: Policy) -> None:
    a_task(db, policy, quiet(db, policy))
    for hour in range(1, 60):
        scene.tick(db, policy, NOON + hour * HOUR)
    sent = scene.send(db, policy, NOON + 60 * HOUR)
    assert scene.told(sent, TASK) == [PRIYA]
    assert scene.told(sent, UPDATE) == [MEI]


# Follow-ups and tasks of an escalation that went another way.


def test_resolved_twice_has_its_follow_ups_once(db: Database, policy: Policy) -> None:
    incident_id = quiet(db, policy)
    resolve(db, policy, incident_id)
    turned = lifecycle.reopen(db, an_act(MEI, hours=1), incident_id, "it began again")
    assert turned.withdrawn == 3
    assert scene.kinds_of_entries(db, incident_id)[-4:] == ["reopened", *3 * ["task withdrawn"]]
    assert scene.due_timers(db, TimerKind.TASK_DUE) == []
    resolve(db, policy, incident_id, hours=2)
    there = tasks(db, TaskState.OPEN)
    assert sorted(there) == ["1-day follow-up", "30-day follow-up", "7-day follow-up"]
    assert len(heard(db, policy, TASK, 40 * DAY)) == 3


def test_a_follow_up_that_is_done_stays_done_when_it_is_reopened(
    db: Database, policy: Policy
) -> None:
    incident_id = quiet(db, policy)
    resolve(db, policy, incident_id)
    first = queries.details(db, an_act(MEI), incident_id).card.tasks[0]
    followups_tasks.finish_task(db, an_act(MEI), first.id)
    lifecycle.reopen(db, an_act(MEI, hours=1), incident_id, "it began again")
    assert tasks(db, TaskState.DONE) == [first.text]
    assert len(tasks(db, TaskState.WITHDRAWN)) == 2


@pytest.mark.parametrize("how", ["declined", "duplicate"])
def test_an_escalation_that_was_none_reminds_no_one(db: Database, policy: Policy, how: str) -> None:
    other = an_incident(db, policy, teams=()).head.reference
    incident_id = quiet(db, policy)
    task = a_task(db, policy, incident_id)
    turned = end(db, how, incident_id, other, hours=1)
    assert turned.withdrawn == 1
    for days in (1, 2, 90):
        assert heard(db, policy, TASK, days * DAY) == []
    said = queries.details(db, an_act(MEI), incident_id).entries
    assert [e.data["text"] for e in said if e.kind.value == "task withdrawn"] == ["draft"]
    cause, effect = said[-2:]
    assert (cause.data["withdrawn"], effect.kind.value) == (1, "task withdrawn")
    assert queries.details(db, an_act(MEI), incident_id).card.tasks == ()
    with pytest.raises(NothingToDo) as refused:
        followups_tasks.finish_task(db, an_act(PRIYA), task)
    assert refused.value.already == "withdrawn"


@pytest.mark.parametrize("how", ["declined", "duplicate"])
def test_what_was_queued_for_a_withdrawn_task_is_not_sent(
    db: Database, policy: Policy, how: str
) -> None:
    other = an_incident(db, policy, teams=()).head.reference
    incident_id = quiet(db, policy)
    a_task(db, policy, incident_id)
    scene.tick(db, policy, NOON + 2 * HOUR)
    end(db, how, incident_id, other, hours=2)
    assert scene.told(scene.send(db, policy, NOON + 2 * HOUR), TASK) == []


@pytest.mark.parametrize("how", ["declined", "duplicate"])
def test_a_task_comes_back_with_its_escalation_and_follow_ups_do_not(
    db: Database, policy: Policy, how: str
) -> None:
    other = an_incident(db, policy, teams=()).head.reference
    incident_id = quiet(db, policy)
    a_task(db, policy, incident_id)
    resolve(db, policy, incident_id)
    lifecycle.reopen(db, an_act(MEI), incident_id, "it began again")
    end(db, how, incident_id, other, hours=1)
    turned = lifecycle.reopen(db, an_act(MEI, hours=1), incident_id, "it was one after all")
    assert (turned.withdrawn, turned.restored) == (0, 1)
    assert scene.kinds_of_entries(db, incident_id)[-2:] == ["reopened", "task restored"]
    assert tasks(db, TaskState.OPEN) == ["draft"]
    assert heard(db, policy, TASK, 2 * HOUR) == [False]
    assert heard(db, policy, TASK, 3 * HOUR) == [False]
