"""SIGTERM with calls under way: how a release is rolled out on every ordinary day."""

from datetime import UTC, datetime

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.database import Database
from playground.web.faults import FaultKind
from tests.databases import on_both
from tests.faults import rows
from tests.faults.replicas import Bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

pytestmark = on_both

OPENING = "open p1 Pile-on against a creator"
LEASE = 12.0
CALL = LEASE / 3
ENDED_WITHIN = 10 + CALL + 5
"""Seconds, as docs/reference/command-line.md says: requests, calls to Slack, forms."""
ON_A_BUSY_MACHINE = 60


@fault(
    22,
    "Upgrade and rollback, with a renamed handler",
    passes="a process that is stopped stores what Slack answers, and ends in time",
)
async def test_a_process_that_is_stopped_stores_what_is_under_way_and_ends(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """One page is answered while it ends; another never is, and is looked up by the next."""
    stays = None if db.is_sqlite else await stage.start(lease=LEASE)
    stopped = await stage.start(lease=LEASE)
    await eventually(lambda: rows.knows(db, "U0MEI"))
    if stays:
        stays.pause()  # Whatever is claimed is the other one's.
    slow = stage.fault(FaultKind.DELAY, channel=await stage.dm("wei"), count=1, seconds=1.5)
    hung = stage.fault(FaultKind.HANG_STORED, channel=await stage.dm("aisha"), count=1, seconds=60)
    await stage.command(OPENING)
    await eventually(lambda: slow.hits and hung.hits)
    assert state_of(db, "U0WEI") is DeliveryState.SENDING
    if stays:
        stays.resume()
        stage.listens(stays)
    since = datetime.now(UTC)
    stopped.process.terminate()
    assert await stopped.ended(within=ENDED_WITHIN + ON_A_BUSY_MACHINE) == 0
    took = (datetime.now(UTC) - since).total_seconds()
    verdict.within("stopped after", took, ENDED_WITHIN, in_short=ENDED_WITHIN + ON_A_BUSY_MACHINE)
    assert state_of(db, "U0WEI") is DeliveryState.SENT, "its answer was waited for"
    if not stays:
        await stage.start(lease=LEASE)
    await eventually(lambda: not rows.unsent(db), within=90)
    verdict.exactly_once(stage, db)


def state_of(db: Database, user: str) -> DeliveryState:
    """What has become of somebody's page."""
    [page] = [row for row in rows.pages(db) if row.target == user]
    return page.state
