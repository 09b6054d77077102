"""Slack is away for ten minutes: time goes on, and when it is back it is told everything."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.database import Database
from playground.driver import texts
from playground.web.faults import FaultKind
from tests.databases import on_both
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.policies import shipped
from tests.faults.replicas import LEASE, Bots, bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

pytestmark = on_both

TEN_MINUTES = 600
UNREACHABLE = 30
UNANSWERED = 45
"""A 500 may come from something in between, while the call is still under way to Slack: what failed
so last is looked up when its lease of 30 s is over, and never sooner."""
TRIES = 4
"""The short form is over when something has been tried so often; time is moved on meanwhile."""
WORDS = ("First word", "Second word", "Third word", "Fourth word")


@pytest.mark.timeout(600)
@fault(
    9,
    "Slack down for 10 min",
    passes=f"everything not acknowledged within {UNREACHABLE} s of recovery ({UNANSWERED} s where "
    "Slack answered 500), each channel in order",
)
@pytest.mark.parametrize("how", ["unreachable", "answering 500"])
async def test_when_slack_is_back_it_is_told_everything_in_order(
    database_url: str, db: Database, tmp_path: Path, extent: Extent, verdict: Verdict, how: str
) -> None:
    policy = shipped(wait="4m", rounds=1)
    async with bots(database_url, tmp_path, policy=policy) as stage:
        line = await stage.line()
        lease = extent.of(int(LEASE), 30)
        await stage.start(through=line, lease=lease)
        await stage.command("open p3 Before the outage")
        await eventually(lambda: not rows.unsent(db), within=60)
        before = len(stage.accepted())
        if how == "unreachable":
            line.cut()
        else:
            stage.fault(FaultKind.HTTP_500, "*")
        for words in WORDS:
            await stage.command(f"update ESC-1 {words}")
        await stage.command("open p1 During the outage")
        await stage.command("open p3 Taken during the outage")
        await stage.command("ack ESC-3", who="jose")
        await _ten_minutes(stage, db, extent)
        assert len(stage.accepted()) == before
        back = time.time()
        if how == "unreachable":
            await line.restore()
        else:
            stage.heal()
        await eventually(lambda: not rows.unsent(db), within=240)
        took = max(call.at for call in stage.slack.calls("chat.postMessage")) - back
        verdict.exactly_once(stage, db)
        told = "\n".join(texts(message) for message in stage.slack.messages("esc-1"))
        assert sorted(WORDS, key=told.index) == list(WORDS)
        [taken] = rows.pages(db, rows.incidents(db)[2].id)
        assert taken.state is DeliveryState.CANCELLED
        most = UNREACHABLE if how == "unreachable" else UNANSWERED
        verdict.within(f"{how}: all of it after", took, most, in_short=120)


async def _ten_minutes(stage: Bots, db: Database, extent: Extent) -> None:
    if extent.long:
        await asyncio.sleep(TEN_MINUTES)
        return
    for _ in range(10):
        await stage.advance(TEN_MINUTES / 10)
    await eventually(lambda: any(row.attempts >= TRIES for row in rows.unsent(db)), within=90)
    await eventually(lambda: 1 in {page.step for page in rows.asked(db)})
