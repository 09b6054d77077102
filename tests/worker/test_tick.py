"""The tick must never stop: what fails rests, everything else goes on."""

from datetime import timedelta
from itertools import count

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.act import Workspace
from bot.services import followups
from bot.store.tables import Delivery, PagingRun, Reminder
from bot.store.tables.states import ReminderState
from bot.worker.tick import Tick
from playground.faults import FaultKind, FaultRule
from tests.factories import MEI, PRIYA, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig


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

    tick = Tick(rig.db, rig.policy, workspaces, rig.clock, rig.threads, rig.figures, BRISK)
    tick.start()
    try:
        await eventually(lambda: len(raised) > 1)
        due = rig.clock.now() + timedelta(seconds=0.2)
        followups.add_reminder(rig.db, rig.act(MEI), text="call Legal", due_at=due)
        await eventually(lambda: spoken(rig))
    finally:
        tick.stop()
    assert rig.figures.registry.get_sample_value("tocsin_tick_errors_total") == len(raised)


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
