"""One replica stores, another sends: it is woken, and where it hears nothing it looks by itself."""

from datetime import timedelta

import pytest

from bot.domain.duework import DeliveryState
from bot.store.database import Database
from tests.faults import rows
from tests.faults.policies import ROOT
from tests.faults.replicas import Bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

OPENING = "open p1 Pile-on against a creator"
HOOKED = (str(ROOT / "tests" / "faults" / "hooked.py"), "serve")
POLL = 20


async def latest(stage: Bots, db: Database, sender: str) -> timedelta:
    """One replica takes the command and sends nothing; return how long the last page took."""
    await stage.start(command=HOOKED, env={"FAULT": sender})
    opener = await stage.start(command=HOOKED, env={"FAULT": "idle"})
    stage.listens(opener)
    await stage.command(OPENING)
    await eventually(
        lambda: all(page.state is DeliveryState.SENT for page in rows.pages(db)), within=60
    )
    pages = rows.asked(db)
    assert len(pages) >= 2
    return max(page.sent_at - page.created_at for page in pages if page.sent_at is not None)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@fault(23, "NOTIFY suppressed", passes="latency at most the poll interval")
async def test_a_replica_that_hears_nothing_looks_by_itself(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    took = await latest(stage, db, "deaf")
    verdict.note(f"last page after {took.total_seconds():.2f} s; it looks every 0.25 s")
    # Far more than it should take: what a busy machine does, and less than any other way to send.
    assert took < timedelta(seconds=POLL / 2)
    await eventually(lambda: not rows.unsent(db), within=60)
    verdict.exactly_once(stage, db)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@fault(23, "NOTIFY suppressed", passes="latency at most the poll interval")
async def test_a_replica_is_woken_by_what_another_has_stored(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """It would look every 20 seconds only."""
    took = await latest(stage, db, f"poll:{POLL}")
    verdict.note(f"woken: last page after {took.total_seconds():.2f} s, of {POLL}")
    assert took < timedelta(seconds=POLL / 2)
