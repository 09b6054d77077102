"""A tick that fails again and again, a process that is wedged, a wake-up call nobody hears."""

import asyncio
from pathlib import Path

from bot.domain.kinds import DeliveryKind
from bot.store.database import Database
from tests.databases import on_both
from tests.faults import rows
from tests.faults.policies import ROOT, shipped
from tests.faults.replicas import Bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

OPENING = "open p1 Pile-on against a creator"
HOOKED = (str(ROOT / "tests" / "faults" / "hooked.py"), "serve")
TICKS = "A tick that raises every third time; a wedged process"
NOTICED = "ticks go on; noticed within 30 s"


@on_both
@fault(24, TICKS, passes=NOTICED)
async def test_ticks_go_on_when_every_third_raises(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    stage.policy_file.write_text(shipped(wait="2s", rounds=1))
    replica = await stage.start(command=HOOKED, env={"FAULT": "tick:3"})
    await stage.command(OPENING)
    await eventually(lambda: rows.deliveries(db, DeliveryKind.EXHAUSTED), within=60)
    await eventually(lambda: not rows.unsent(db), within=60)
    assert "A tick failed" in replica.log.read_text()
    assert await replica.is_ready()
    verdict.exactly_once(stage, db)


@on_both
@fault(24, TICKS, passes=NOTICED)
async def test_a_tick_that_never_comes_back_is_noticed(
    stage: Bots, db: Database, tmp_path: Path, verdict: Verdict
) -> None:
    """SQLite has one thread that writes: once it is stuck, so is the relay.

    PostgreSQL has four: messages go on, and that nothing is due any more is noticed all the same.
    """
    wedge = tmp_path / "wedge"
    replica = await stage.start(command=HOOKED, env={"FAULT": f"wedged:{wedge}"})
    await stage.command(OPENING)
    await eventually(lambda: not rows.unsent(db))
    wedge.touch()
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(120):
        while await replica.is_ready():  # noqa: ASYNC110 - it is asked as a probe asks
            await asyncio.sleep(0.2)
    took = asyncio.get_running_loop().time() - began
    verdict.within("noticed after", took, 30)
    assert "the tick stands still" in (await replica.get("/readyz"))[1]
    if not db.is_sqlite:
        await stage.command(OPENING)
        await eventually(lambda: not rows.unsent(db))
    await replica.killed()
    wedge.unlink()
    await stage.start()
    await stage.command(OPENING)
    await eventually(lambda: not rows.unsent(db), within=60)
    verdict.exactly_once(stage, db)


@fault(24, TICKS, passes=NOTICED)
async def test_a_process_that_stands_still_answers_no_probe(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    replica = await stage.start()
    replica.pause()
    status, _ = await replica.get("/readyz")
    replica.resume()
    assert status == 0
    await stage.until_ready(replica)
    await stage.command(OPENING)
    await eventually(lambda: not rows.unsent(db))
    verdict.exactly_once(stage, db)
