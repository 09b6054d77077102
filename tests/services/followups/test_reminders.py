"""Reminders that wait: seen, changed and cancelled by their owner."""

from datetime import timedelta
from functools import partial

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import AlreadyReminded, BadInput, NothingToDo, Refused
from bot.domain.followups.reminder_messages import Outcome, ReminderMessage
from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.kinds.due_work import DUE_WORK
from bot.policy import Policy
from bot.services.duework import firing
from bot.services.followups import reminders, tasks
from bot.services.incidents import home as incidents_home
from bot.services.incidents.opening import open_incident
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.tables.states import ReminderState
from tests.databases import on_both
from tests.factories import MEI, NOON, SOFIA, TOM, a_draft, an_act, an_incident, people
from tests.services import scene
from tests.services.followups.test_followups import DAY, HOUR, heard
from tests.services.test_races import at_once

MINUTE = timedelta(minutes=1)
REMINDER = DeliveryKind.REMINDER


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def set_for(db: Database, after: timedelta, text: str = "ask Legal", user: UserId = MEI) -> str:
    return tasks.add_reminder(db, an_act(user), text=text, due_at=NOON + after)


def texts(db: Database, user: UserId = MEI) -> list[str | None]:
    return [line.text for line in reminders.reminders(db, an_act(user)).lines]


def test_own_reminders_that_wait_are_listed_the_first_due_first(
    db: Database, policy: Policy
) -> None:
    set_for(db, 3 * HOUR, "third")
    set_for(db, HOUR, "first")
    spoken = set_for(db, timedelta(minutes=1), "spoken")
    set_for(db, 2 * HOUR, "another person's", TOM)
    done = set_for(db, 2 * HOUR, "done")
    tasks.end_reminder(db, an_act(), done, ReminderState.DONE)
    scene.tick(db, policy, NOON + timedelta(minutes=1))
    assert texts(db) == ["first", "third"]
    tasks.snooze_reminder(db, an_act(), spoken, NOON + 2 * HOUR)
    assert texts(db) == ["first", "spoken", "third"]
    home = incidents_home.home_of(db, an_act())
    assert [line.text for line in home.reminders.lines] == ["first", "spoken", "third"]


@on_both
def test_what_is_more_than_a_list_holds_is_counted(db: Database) -> None:
    for minute in range(1, 26):
        set_for(db, timedelta(minutes=minute))
    listed = reminders.reminders(db, an_act())
    assert (len(listed.lines), listed.total) == (15, 25)


@on_both
def test_the_home_tab_counts_the_tasks_and_escalations_that_it_does_not_hold(
    db: Database, policy: Policy
) -> None:
    for _ in range(23):
        head = open_incident(db, policy, an_act(), a_draft(severity=Severity.P3)).head
    for minute in range(1, 26):
        due_at = NOON + timedelta(minutes=minute)
        tasks.add_task(db, policy, an_act(), head.id, assignee=MEI, text="look", due_at=due_at)
    home = incidents_home.home_of(db, an_act())
    assert (len(home.tasks), home.total_tasks) == (20, 25)
    assert (len(home.mine), home.total_mine) == (20, 23)


def test_a_cancelled_reminder_is_never_sent_and_is_cancelled_once(
    db: Database, policy: Policy
) -> None:
    reminder = set_for(db, HOUR)
    assert reminders.cancel(db, an_act(), reminder).text == "ask Legal"
    assert texts(db) == []
    assert scene.due_timers(db, TimerKind.REMINDER) == []
    assert heard(db, policy, REMINDER, 9 * DAY) == []
    for deed in (
        partial(reminders.cancel, db, an_act(), reminder),
        partial(reminders.change, db, an_act(), reminder, due_at=NOON + HOUR, text=None),
        partial(reminders.reminder, db, an_act(), reminder),
    ):
        with pytest.raises(NothingToDo) as refused:
            deed()
        assert refused.value.already == "cancelled"


def test_one_whose_moment_has_come_says_so_and_still_speaks(db: Database, policy: Policy) -> None:
    reminder = set_for(db, HOUR)
    scene.tick(db, policy, NOON + HOUR)
    with pytest.raises(AlreadyReminded) as refused:
        reminders.cancel(db, an_act(hours=1), reminder)
    assert refused.value.at == NOON + HOUR
    sent = scene.send(db, policy, NOON + HOUR)
    assert scene.told(sent, REMINDER) == [MEI]


def test_only_its_owner_cancels_or_changes_it(db: Database) -> None:
    reminder = set_for(db, HOUR)
    for deed in (
        partial(reminders.cancel, db, an_act(TOM), reminder),
        partial(reminders.change, db, an_act(TOM), reminder, due_at=NOON + DAY, text="x"),
        partial(reminders.reminder, db, an_act(TOM), reminder),
        partial(reminders.cancel, db, an_act(TOM), "01NOSUCHREMINDER"),
    ):
        with pytest.raises(Refused):
            deed()
    assert texts(db) == ["ask Legal"]


def test_a_changed_reminder_speaks_at_the_new_time_only(db: Database, policy: Policy) -> None:
    reminder = set_for(db, HOUR)
    reminders.change(db, an_act(), reminder, due_at=NOON + 3 * HOUR, text="ask PR")
    reminders.change(db, an_act(), reminder, due_at=NOON + 2 * HOUR, text=None)
    assert texts(db) == ["ask PR"]
    assert heard(db, policy, REMINDER, HOUR) == []
    assert heard(db, policy, REMINDER, 2 * HOUR) == [False]
    assert heard(db, policy, REMINDER, 3 * HOUR) == []
    with pytest.raises(BadInput):
        reminders.change(db, an_act(), set_for(db, HOUR), due_at=NOON + DAY, text=" ")


def test_what_was_posted_before_the_snooze_says_that_it_is_cancelled(
    db: Database, policy: Policy
) -> None:
    reminder = set_for(db, HOUR)
    heard(db, policy, REMINDER, HOUR)
    tasks.snooze_reminder(db, an_act(hours=1), reminder, NOON + 3 * HOUR)
    scene.send(db, policy, NOON + HOUR + MINUTE)
    reminders.cancel(db, an_act(hours=1), reminder)
    sent = scene.send(db, policy, NOON + HOUR + 2 * MINUTE)
    [edit] = scene.letters(sent, DeliveryKind.MESSAGE_EDIT)
    assert isinstance(edit.view, ReminderMessage)
    assert edit.view.outcome is Outcome.STOPPED


def test_of_a_restricted_escalation_the_words_go_with_the_invitation(
    db: Database, policy: Policy
) -> None:
    opened = an_incident(db, policy, teams=(), tier=Tier.RESTRICTED)
    tasks.add_reminder(db, an_act(), text="zyxomma", due_at=NOON + HOUR, incident_id=opened.head.id)
    assert texts(db) == ["zyxomma"]
    [row] = incidents_home.home_of(db, an_act()).reminders.lines
    assert (row.text, row.head is not None and row.head.full) == (None, False), "as in every list"
    with db.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM participant")
    assert texts(db) == [None]
    assert (
        reminders.cancel(db, an_act(), reminders.reminders(db, an_act()).lines[0].id).text is None
    )


def test_who_has_no_role_lists_nothing(db: Database) -> None:
    with pytest.raises(Refused):
        reminders.reminders(db, an_act(SOFIA, role=Role.NOBODY))


def test_cancelled_at_its_moment_it_is_sent_or_cancelled_and_never_both(
    db: Database, policy: Policy
) -> None:
    for turn in range(20 if not db.is_sqlite else 5):
        reminder = set_for(db, HOUR)
        at = NOON + HOUR
        with db.transaction() as tx:
            (work,) = timers.claim(tx, now=at, real=at, limit=1, kinds=[TimerKind.REMINDER])
        cancelled, _ = at_once(
            partial(reminders.cancel, db, an_act(hours=1), reminder),
            partial(firing.fire, DUE_WORK, db, policy, work, at),
        )
        sent = scene.told(scene.send(db, policy, at + turn * MINUTE), REMINDER)
        assert sent == ([MEI] if isinstance(cancelled, AlreadyReminded) else [])


def test_pressed_twice_at_once_it_is_cancelled_once(db: Database) -> None:
    reminder = set_for(db, HOUR)
    ends = at_once(*[partial(reminders.cancel, db, an_act(), reminder)] * 4)
    assert sorted(isinstance(end, NothingToDo) for end in ends) == [False, True, True, True]
