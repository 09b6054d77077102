"""One replica stores, another sends: it is woken, and where it hears nothing it looks by itself."""

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.database import Database
from tests.databases import on_postgresql
from tests.faults import rows
from tests.faults.policies import ROOT
from tests.faults.replicas import Bots, Replica
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

OPENING = "open p1 Pile-on against a creator"
HOOKED = (str(ROOT / "tests" / "faults" / "hooked.py"), "serve")
NAME = "NOTIFY suppressed"
LATENCY = "latency at most the poll interval, and what sending takes"
POLL, SELDOM = 3, 20
SENDING = 2
"""Seconds that finding, opening a conversation, posting and storing may take."""


async def latest(stage: Bots, db: Database, sender: Replica) -> float:
    """Another replica takes the command and sends nothing; return how long the last page took."""
    assert sender.runs
    opener = await stage.start(command=HOOKED, env={"FAULT": "idle"})
    stage.listens(opener)
    await stage.command(OPENING)
    await eventually(
        lambda: all(page.state is DeliveryState.SENT for page in rows.pages(db)), within=60
    )
    pages = rows.asked(db)
    assert len(pages) >= 2
    return max((page.sent_at - page.created_at).total_seconds() for page in pages if page.sent_at)


@on_postgresql
@fault(23, NAME, passes=LATENCY)
async def test_a_replica_that_hears_nothing_looks_by_itself(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """Every 3 seconds, so that a look is told from what a busy machine takes to send."""
    deaf = await stage.start(command=HOOKED, env={"FAULT": f"deaf,poll:{POLL}"})
    took = await latest(stage, db, deaf)
    verdict.within(f"deaf, looking every {POLL} s: last page after", took, POLL + SENDING)
    await eventually(lambda: not rows.unsent(db), within=90)
    verdict.exactly_once(stage, db)


@on_postgresql
@fault(23, NAME, passes=LATENCY)
async def test_a_replica_is_woken_by_what_another_has_stored(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """It would look every 20 seconds only."""
    woken = await stage.start(command=HOOKED, env={"FAULT": f"poll:{SELDOM}"})
    took = await latest(stage, db, woken)
    what = f"woken, else looking every {SELDOM} s: last page after"
    verdict.within(what, took, SENDING, in_short=SELDOM / 2)
    # What is due later it would find late: another one takes that over.
    await stage.start()
    await eventually(lambda: not rows.unsent(db), within=60)
    verdict.exactly_once(stage, db)
