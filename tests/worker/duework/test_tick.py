"""The tick must never stop: what fails rests, everything else goes on."""

import asyncio
import logging
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.domain.act import Workspace
from bot.domain.duework.timer_states import TimerState
from bot.domain.kinds import DeliveryKind
from bot.kinds.due_work import TICKING
from bot.services.followups import tasks
from bot.store.tables import Delivery, Lane, PagingRun, Reminder, Timer
from bot.store.tables.states import ReminderState
from bot.time_source import TimeSource
from bot.worker.duework.tick import Tick
from bot.worker.metrics.process_metrics import TICK
from playground.web.faults import FaultKind, FaultRule
from tests.databases import on_both
from tests.factories import MEI, PRIYA, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import Rig

pytestmark = on_both


def spoken(rig: Rig) -> list[Reminder]:
    with rig.db.reading() as tx:
        return tx.all(select(Reminder).where(col(Reminder.state) == ReminderState.SPOKEN))


async def test_a_tick_that_raises_every_third_time_goes_on(rig: Rig) -> None:
    turn = count(1)
    raised: list[bool] = []

    def workspaces() -> list[Workspace]:
        if next(turn) % 3 == 0:
            raised.append(True)
            raise RuntimeError("every third time")
        return [rig.workspace]

    tick = Tick(rig.gear(), workspaces, TICKING)
    tick.start()
    try:
        await eventually(lambda: len(raised) > 1)
        due = rig.clock.now() + timedelta(seconds=0.2)
        tasks.add_reminder(rig.db, rig.act(MEI), text="call Legal", due_at=due)
        await eventually(lambda: spoken(rig))
    finally:
        tick.stop()
    assert rig.figures.registry.get_sample_value("tocsin_tick_errors_total") == len(raised)


async def test_a_stop_before_the_first_turn_has_begun_is_no_error(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    tick = Tick(rig.gear(), lambda: [rig.workspace], TICKING)
    tick.start()
    tick.stop()
    # What both have asked of the event loop, and what follows from that.
    for _ in range(10):
        await asyncio.sleep(0)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_work_that_cannot_be_done_does_not_hold_up_the_rest(rig: Rig) -> None:
    opened = an_incident(rig.db, rig.policy, rig.act(MEI))
    with rig.db.transaction() as tx:
        broken = col(PagingRun.team_key) == "pr"
        tx.execute(update(PagingRun).where(broken).values(ladder={"steps": "not a ladder"}))
    async with rig.working():
        await eventually(lambda: rig.dms_of(PRIYA))
        await rig.slack.advance(16 * 60)
        await eventually(lambda: rig.dms_of(TOM))
    assert opened.head.reference == "ESC-1"


class ClockThatIsSet(TimeSource):
    """Somebody sets it back."""

    back = timedelta(0)

    def real(self) -> datetime:
        return super().real() - self.back


async def test_lanes_are_healed_after_the_clock_was_set_back(rig: Rig) -> None:
    rig.clock = clock = ClockThatIsSet()
    tick = Tick(rig.gear(), lambda: [rig.workspace], TICKING)
    await tick.turn()
    an_incident(rig.db, rig.policy, rig.act(MEI))
    with rig.db.transaction() as tx:
        tx.execute(update(Lane).values(pending_at=None))
    clock.back = timedelta(hours=1)
    await tick.turn()
    with rig.db.reading() as tx:
        assert all(lane.pending_at for lane in tx.all(select(Lane)))


def quiet_lanes(rig: Rig, wait: timedelta) -> None:
    with rig.db.transaction() as tx:
        tx.execute(update(Lane).values(not_before=rig.clock.real() + wait))


def are_awake(rig: Rig) -> bool:
    with rig.db.reading() as tx:
        return all(lane.not_before <= rig.clock.real() for lane in tx.all(select(Lane)))


async def test_when_the_clock_is_set_lanes_are_woken_that_go_by_the_time_before(rig: Rig) -> None:
    """On PostgreSQL the database's time counts: another replica may know of a 429."""
    an_incident(rig.db, rig.policy, rig.act(MEI))
    quiet_lanes(rig, timedelta(minutes=5))
    tick = Tick(rig.gear(), lambda: [rig.workspace], TICKING)
    tick.start()
    try:
        await eventually(lambda: rig.figures.moves[TICK])
        assert are_awake(rig) is rig.db.is_sqlite
        quiet_lanes(rig, timedelta(minutes=5))
        tick.resume()
        if rig.db.is_sqlite:
            await eventually(lambda: are_awake(rig))
    finally:
        tick.stop()


MANY = 230


def many_reminders(rig: Rig) -> None:
    due = rig.clock.now() + timedelta(seconds=1)
    for number in range(MANY):
        text = f"number {number}"
        tasks.add_reminder(rig.db, rig.act(MEI), text=text, due_at=due)


async def turned(rig: Rig) -> None:
    """One tick, two seconds from now."""
    await rig.slack.advance(2)
    await Tick(rig.gear(), list, TICKING).turn()


def reminded(rig: Rig) -> int:
    with rig.db.reading() as tx:
        of_kind = col(Delivery.kind) == DeliveryKind.REMINDER
        return len(tx.all(select(Delivery).where(of_kind)))


async def test_whatever_is_due_at_one_moment_is_done_in_one_tick(rig: Rig) -> None:
    many_reminders(rig)
    await turned(rig)
    assert (len(spoken(rig)), reminded(rig)) == (MANY, MANY)
    counted = rig.figures.registry.get_sample_value("tocsin_timers_total", {"kind": "reminder"})
    assert counted == MANY


async def test_one_of_many_that_fails_is_done_by_nobody_and_keeps_nobody_from_it(
    rig: Rig,
) -> None:
    many_reminders(rig)
    with rig.db.reading() as tx:
        broken = tx.all(select(Reminder))[MANY // 2].id
    refuse_messages_about(rig, broken)
    await turned(rig)
    assert (len(spoken(rig)), reminded(rig)) == (MANY - 1, MANY - 1)
    assert broken not in {reminder.id for reminder in spoken(rig)}
    with rig.db.reading() as tx:
        [kept] = tx.all(select(Timer).where(col(Timer.state) == TimerState.DUE))
    assert kept.subject == broken
    assert kept.lease_until is not None


async def test_work_whose_subject_is_gone_does_not_stay_due(rig: Rig) -> None:
    many_reminders(rig)
    with rig.db.transaction() as tx:
        tx.execute(delete(Reminder))
    await turned(rig)
    assert reminded(rig) == 0
    with rig.db.reading() as tx:
        assert tx.all(select(Timer).where(col(Timer.state) == TimerState.DUE)) == []


def refuse_messages_about(rig: Rig, subject: str) -> None:
    """Let the database itself refuse one row."""
    when = f"BEFORE INSERT ON delivery FOR EACH ROW WHEN (NEW.subject = '{subject}')"
    with rig.db.engine.begin() as connection:
        if rig.db.is_sqlite:
            connection.exec_driver_sql(
                f"CREATE TRIGGER refuse {when} BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
            return
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'refused'; END $$"
        )
        connection.exec_driver_sql(f"CREATE TRIGGER refuse {when} EXECUTE FUNCTION refuse()")


async def test_blocks_that_slack_refuses_go_as_plain_text_once(rig: Rig) -> None:
    rig.slack.slack.faults.add(
        FaultRule(FaultKind.ERROR, "chat.postMessage", error="invalid_blocks", count=1)
    )
    an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with rig.working(ticking=False):
        await eventually(lambda: rig.dms_of(PRIYA))
    [page] = rig.dms_of(PRIYA)
    assert not page.blocks
    assert "ESC-1" in page.text
    with rig.db.reading() as tx:
        sent = tx.all(select(Delivery).where(col(Delivery.target) == PRIYA))
    assert [rig.posts_of(delivery.id) for delivery in sent] == [1]
