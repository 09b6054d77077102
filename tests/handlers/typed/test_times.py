"""Times as people type them, through signed requests: set as meant and said, or refused."""

import pytest
from sqlmodel import select

from bot.services.people.directory import remember_people
from bot.store.tables import Reminder, Task
from handlers.request import Request
from tests.factories import MEI, NOON, TOM, WORKSPACE, an_act
from tests.handlers.stage import Stage

# Monday 23 November 2026, 20:00 in Singapore, the policy's time zone.


def reminders(stage: Stage) -> list[Reminder]:
    with stage.db.reading() as tx:
        return tx.all(select(Reminder))


def tasks(stage: Stage) -> list[Task]:
    with stage.db.reading() as tx:
        return tx.all(select(Task))


@pytest.mark.parametrize(
    ("typed", "local", "text"),
    [
        ("9:00 p.m. call", "Mon 2026-11-23 21:00", "call"),
        ("17:00 tomorrow call Tom", "Tue 2026-11-24 17:00", "call Tom"),
        ("5pm friday call", "Fri 2026-11-27 17:00", "call"),
        ("21:00 SGT call", "Mon 2026-11-23 21:00", "call"),
        ("in 2 hours and 30 minutes call", "Mon 2026-11-23 22:30", "call"),
        ("tomorrow noon call", "Tue 2026-11-24 12:00", "call"),
        ("2026-12-02T17:00:00Z call", "Thu 2026-12-03 01:00", "call"),
        ("2026-12-02 17:00 +08:00 call", "Wed 2026-12-02 17:00", "call"),
        ("*tomorrow 17:00* _call_ Tom", "Tue 2026-11-24 17:00", "_call_ Tom"),
        ("“tomorrow 17:00” call", "Tue 2026-11-24 17:00", "call"),
        ("tomorrow\u00a017:00 – call", "Tue 2026-11-24 17:00", "call"),
        ("eod friday: 30 reports", "Fri 2026-11-27 18:00", "30 reports"),
        ("in ½ hour call", "Mon 2026-11-23 20:30", "call"),
        ("in 1½ hours call", "Mon 2026-11-23 21:30", "call"),
        ("2¼ h call", "Mon 2026-11-23 22:15", "call"),
        ("in 1⁄2 hour call", "Mon 2026-11-23 20:30", "call"),
        ("9:00 p. m. call", "Mon 2026-11-23 21:00", "call"),
        ("me in 2h to call Tom", "Mon 2026-11-23 22:00", "call Tom"),
        ("Me tomorrow 9:00 To call Tom", "Tue 2026-11-24 09:00", "call Tom"),
        ("by 9pm call", "Mon 2026-11-23 21:00", "call"),
    ],
)
async def test_a_reminder_is_set_as_meant_and_the_answer_says_so(
    stage: Stage, typed: str, local: str, text: str
) -> None:
    said = await stage.command("mei", f"remind {typed}")
    [reminder] = reminders(stage)
    zone = stage.policy.default_zone
    there = reminder.due_at.astimezone(zone)
    assert f"{there:%a %Y-%m-%d %H:%M}" == local
    assert reminder.text == text
    day = f"{there:%a} {there.day} {there:%b %Y}"
    assert f"{there:%H:%M} on {day} (Asia/Singapore, UTC+08:00)" in said
    assert text in said


def move_to_new_york(stage: Stage) -> None:
    described = {"id": MEI, "name": "mei", "tz": "America/New_York"}
    remember_people(stage.db, stage.policy, WORKSPACE, [described], NOON)


async def test_a_request_keeps_the_zone_that_it_read_first(stage: Stage) -> None:
    request = Request(stage.shell, an_act(MEI))
    before = await request.zone()
    move_to_new_york(stage)
    assert await request.zone() == before
    assert (await Request(stage.shell, an_act(MEI)).zone()).key == "America/New_York" != before.key


async def test_the_answer_names_the_zone_of_the_person(stage: Stage) -> None:
    move_to_new_york(stage)
    said = await stage.command("mei", "remind 17:00 call")
    assert "17:00 on Mon 23 Nov 2026 (America/New_York, UTC-05:00)" in said


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("in 1h 30 call", "may be part of the time"),
        ("17:00 - 18:00 call", "looks like a time too"),
        ("17:00 IST call", "IST could be"),
        ("17:00 tomorow call", "looks like a time too"),
        ("9:00 every day call", "can't repeat"),
        ("in 2×3h call", "not a length of time"),
        ("in 2² h call", "not a length of time"),
        ("5:30 μμ call", "looks like a time too"),
        ("21:00 mañana call", "looks like a time too"),
        ("21:00 Priya’s time call", "looks like a time too"),
        ("friday 9ish call", "may be part of the time"),
    ],
)
async def test_what_still_looks_like_a_time_sets_nothing(
    stage: Stage, typed: str, because: str
) -> None:
    assert because in await stage.command("mei", f"remind {typed}")
    assert reminders(stage) == []


async def test_the_command_that_a_refusal_offers_works(stage: Stage) -> None:
    said = await stage.command("mei", "remind in 1h 30 reports came in")
    assert "`/escalate remind in 1h: 30 reports came in`" in said
    await stage.command("mei", "remind in 1h: 30 reports came in")
    assert [row.text for row in reminders(stage)] == ["30 reports came in"]


@pytest.mark.parametrize(
    ("typed", "text", "local"),
    [
        ("draft by 5pm friday", "draft", "Fri 2026-11-27 17:00"),
        ("draft what was written by Tom by tomorrow noon", "draft what was written by Tom", ""),
        ("draft by *tomorrow 12:00*", "draft", ""),
        ("draft by ½ hour", "draft", "Mon 2026-11-23 20:30"),
    ],
)
async def test_a_task_reads_the_same_times(stage: Stage, typed: str, text: str, local: str) -> None:
    stage.opened()
    said = await stage.command("mei", f"task ESC-1 @tom {typed}")
    [task] = tasks(stage)
    there = f"{task.due_at.astimezone(stage.policy.default_zone):%a %Y-%m-%d %H:%M}"
    assert (task.assignee, task.text, there) == (TOM, text, local or "Tue 2026-11-24 12:00")
    due = task.due_at.astimezone(stage.policy.default_zone)
    assert f"{due:%H:%M on %a} {due.day} {due:%b %Y} (Asia/Singapore" in said
    assert text in said


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("draft by 25:00", "no 25:00 on the clock"),
        ("read what was written by Tom by 25:00", "no 25:00 on the clock"),
        ("draft by 17:00 to be signed by Tom", "to be signed by Tom"),
        ("draft by friday or saturday", "or saturday"),
        ("draft by someday", "someday"),
        ("draft it", "when it is due"),
        ("draft it friday 5pm please", "/escalate task ESC-1 @tom draft it by friday 5pm`"),
        ("draft it tomorrow", "/escalate task ESC-1 @tom draft it by tomorrow`"),
    ],
)
async def test_a_refusal_of_by_says_what_was_not_understood(
    stage: Stage, typed: str, because: str
) -> None:
    stage.opened()
    assert because in await stage.command("mei", f"task ESC-1 @tom {typed}")
    assert tasks(stage) == []
