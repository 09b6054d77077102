"""A process stands still for longer than its lease, and goes on as if nothing had been."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.store.database import Database
from playground.web.faults import FaultKind
from tests.databases import on_both, on_postgresql
from tests.faults import rows
from tests.faults.policies import ROOT, shipped
from tests.faults.replicas import LEASE, Bots, Replica, bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

HOOKED = (str(ROOT / "tests" / "faults" / "hooked.py"), "serve")
OPENING = "open p1 Pile-on against a creator"
STOPPED = fault(
    12,
    "SIGSTOP a worker past its lease, then SIGCONT",
    passes="fenced: what it held is sent once, by the process that holds it",
)


def stands_still(replica: Replica) -> bool:
    state = Path(f"/proc/{replica.process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"


@on_both
@STOPPED
@pytest.mark.parametrize("where", ["page", "line"])
async def test_a_claim_that_was_slept_over_is_not_sent(
    stage: Bots, db: Database, verdict: Verdict, where: str
) -> None:
    """It stops between the claim and the call, or with the connection there and nothing written;
    on PostgreSQL another one takes the page over.
    """
    frozen = await stage.start(command=HOOKED, env={"FAULT": f"stopped:{where}"})
    await stage.command(OPENING)
    await eventually(lambda: stands_still(frozen))
    if db.is_sqlite:
        await _past_the_lease(db)
    else:
        await stage.start()
        await eventually(lambda: not rows.unsent(db), within=90)
        verdict.note("another replica had sent it before the SIGCONT")
    frozen.resume()
    await eventually(lambda: "longer than its lease" in frozen.log.read_text())
    await eventually(lambda: not rows.unsent(db), within=90)
    verdict.exactly_once(stage, db)


@on_both
@STOPPED
async def test_an_answer_that_comes_after_the_lease_changes_nothing(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """Slack has the page; on PostgreSQL another replica has found it there meanwhile."""
    frozen = await stage.start()
    stage.fault(FaultKind.DELAY, channel=await stage.dm("wei"), count=1, seconds=LEASE)
    await stage.command(OPENING)
    await eventually(lambda: stage.slack.person("wei").dms())
    # Only the page whose answer is late: one about to be sent would go out after the SIGCONT.
    await eventually(lambda: pages_unsent(db) <= 1)
    frozen.pause()
    if db.is_sqlite:
        await _past_the_lease(db)
    else:
        await stage.start()
        await eventually(lambda: not rows.unsent(db), within=90)
    frozen.resume()
    await eventually(lambda: not rows.unsent(db), within=90)
    await stage.until_ready(frozen)
    verdict.exactly_once(stage, db)


@STOPPED
@on_postgresql
async def test_a_step_that_was_slept_over_is_taken_by_another_replica(
    database_url: str, db: Database, tmp_path: Path, verdict: Verdict
) -> None:
    """It stops within the transaction, with the incident locked: the server ends its session."""
    async with bots(database_url, tmp_path, policy=shipped(wait="2s", rounds=1)) as stage:
        frozen = await stage.start(command=HOOKED, env={"FAULT": "stopped:step"})
        await stage.command("open p3 A question of wording")
        await eventually(lambda: stands_still(frozen))
        await stage.start()
        await eventually(lambda: rows.runs(db)[0].state is RunState.EXHAUSTED, within=90)
        frozen.resume()
        await eventually(lambda: not rows.unsent(db), within=90)
        verdict.exactly_once(stage, db)


def pages_unsent(db: Database) -> int:
    return sum(row.kind is DeliveryKind.PAGE for row in rows.unsent(db))


async def _past_the_lease(db: Database) -> None:
    held = [row.lease_until for row in rows.unsent(db) if row.lease_until]
    await eventually(lambda: all(until < datetime.now(UTC) for until in held))
