"""Whose task it is, and what becomes of tasks and reminders once the escalation has ended."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import BadInput, NothingToDo, NotYours
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.policy import Policy
from bot.services.followups import tasks as followups_tasks
from bot.services.incidents import lifecycle
from bot.store.database import Database
from bot.store.tables import Reminder, Task
from bot.store.tables.states import ReminderState, TaskState
from tests.factories import MEI, NOON, PRIYA, TOM, an_act, an_incident, people
from tests.problems import in_words
from tests.services import scene

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def a_task(db: Database, policy: Policy, incident_id: str, assignee: UserId = PRIYA) -> Task:
    followups_tasks.add_task(
        db, policy, an_act(), incident_id, assignee=assignee, text="draft", due_at=NOON + 3 * HOUR
    )
    [given] = [one for one in tasks(db) if one.assignee == assignee]
    return given


def tasks(db: Database) -> list[Task]:
    with db.reading() as tx:
        return tx.all(select(Task))


def task(db: Database) -> Task:
    [only] = tasks(db)
    return only


def ended(db: Database, policy: Policy) -> str:
    incident_id = an_incident(db, policy, teams=()).head.id
    cause = next(iter(policy.root_causes))
    lifecycle.resolve(db, policy, an_act(), incident_id, root_cause=cause, follow_up_days=())
    scene.send(db, policy)
    return incident_id


def test_done_finishes_no_task_of_another_person(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    a_task(db, policy, incident_id)
    with pytest.raises(BadInput) as refused:
        followups_tasks.finish_my_task(db, an_act(MEI), incident_id)
    assert in_words(refused.value.problem) == "you have no open task in ESC-1"
    assert task(db).state is TaskState.OPEN
    mine = a_task(db, policy, incident_id, MEI)
    followups_tasks.finish_my_task(db, an_act(MEI), incident_id)
    states = {row.id: (row.state, row.done_by) for row in tasks(db)}
    assert states.pop(mine.id) == (TaskState.DONE, MEI)
    assert list(states.values()) == [(TaskState.OPEN, None)]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_who_gives_no_tasks_ends_only_their_own(db: Database, policy: Policy, role: Role) -> None:
    given = a_task(db, policy, an_incident(db, policy, teams=()).head.id)
    with pytest.raises(NotYours):
        followups_tasks.finish_task(db, an_act(TOM, role=role), given.id)
    with pytest.raises(NotYours):
        followups_tasks.hand_over_task(db, an_act(TOM, role=role), given.id, TOM)
    assert (task(db).state, task(db).assignee) == (TaskState.OPEN, PRIYA)
    followups_tasks.finish_task(db, an_act(PRIYA, role=role), given.id)
    assert (task(db).state, task(db).done_by) == (TaskState.DONE, PRIYA)


def test_who_gives_tasks_ends_one_where_they_read_the_escalation(
    db: Database, policy: Policy
) -> None:
    opened = an_incident(db, policy, teams=(), tier=Tier.RESTRICTED).head.id
    given = a_task(db, policy, opened, MEI)
    with pytest.raises(NotYours):
        followups_tasks.finish_task(db, an_act(TOM, role=Role.RESPONDER), given.id)
    assert task(db).state is TaskState.OPEN
    scene.let_in(db, an_act(), opened, TOM)
    followups_tasks.finish_task(db, an_act(TOM, role=Role.RESPONDER), given.id)
    assert task(db).done_by == TOM


@pytest.mark.parametrize("user", [MEI, TOM])
def test_only_its_person_puts_a_task_off(db: Database, policy: Policy, user: UserId) -> None:
    given = a_task(db, policy, an_incident(db, policy, teams=()).head.id)
    before = scene.due_timers(db, TimerKind.TASK_DUE)
    with pytest.raises(NotYours):
        followups_tasks.snooze_task(db, an_act(user), given.id, NOON + 9 * HOUR)
    assert scene.due_timers(db, TimerKind.TASK_DUE) == before
    followups_tasks.snooze_task(db, an_act(PRIYA), given.id, NOON + 9 * HOUR)
    assert min(scene.due_timers(db, TimerKind.TASK_DUE)) == NOON + 9 * HOUR


def test_after_the_end_a_task_is_given_handed_over_and_done(db: Database, policy: Policy) -> None:
    """What is left to do often comes to light in the review."""
    given = a_task(db, policy, ended(db, policy))
    assert scene.told(scene.send(db, policy), DeliveryKind.TASK_REMINDER) == [PRIYA]
    followups_tasks.hand_over_task(db, an_act(PRIYA), given.id, TOM)
    assert task(db).assignee == TOM
    followups_tasks.finish_task(db, an_act(TOM), given.id)
    assert task(db).state is TaskState.DONE
    with pytest.raises(NothingToDo):
        followups_tasks.hand_over_task(db, an_act(TOM), given.id, PRIYA)


def test_after_the_end_a_task_speaks_when_it_is_due(db: Database, policy: Policy) -> None:
    a_task(db, policy, ended(db, policy), MEI)
    scene.send(db, policy)
    scene.tick(db, policy, NOON + 3 * HOUR)
    sent = scene.send(db, policy, NOON + 3 * HOUR)
    assert scene.told(sent, DeliveryKind.TASK_REMINDER) == [MEI]


def test_after_the_end_one_is_reminded_of_it_put_off_and_done(db: Database, policy: Policy) -> None:
    incident_id = ended(db, policy)
    reminder = followups_tasks.add_reminder(
        db, an_act(PRIYA), text="ask Legal", due_at=NOON + HOUR, incident_id=incident_id
    )
    scene.tick(db, policy, NOON + HOUR)
    assert scene.told(scene.send(db, policy, NOON + HOUR), DeliveryKind.REMINDER) == [PRIYA]
    followups_tasks.snooze_reminder(db, an_act(PRIYA, hours=1), reminder, NOON + 2 * HOUR)
    scene.tick(db, policy, NOON + 2 * HOUR)
    assert scene.told(scene.send(db, policy, NOON + 2 * HOUR), DeliveryKind.REMINDER) == [PRIYA]
    followups_tasks.end_reminder(db, an_act(PRIYA), reminder, ReminderState.DONE)
    with db.reading() as tx:
        [row] = tx.all(select(Reminder))
    assert (row.state, row.incident_id) == (ReminderState.DONE, incident_id)
