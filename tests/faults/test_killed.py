"""SIGKILL around the send: nothing is lost, nothing comes twice."""

from datetime import UTC, datetime, timedelta

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.database import Database
from playground.web.faults import FaultKind
from tests.databases import on_both, on_postgresql
from tests.faults import rows
from tests.faults.conftest import Extent
from tests.faults.replicas import LEASE, Bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

TAKE_OVER = 45
OPENING = "open p1 Pile-on against a creator"


@on_both
@fault(1, "SIGKILL after the claim, before the HTTP call")
async def test_a_claim_whose_process_dies_before_it_calls_is_sent_by_the_next(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    """The pages are claimed and written to the line; none has reached Slack."""
    line = await stage.line()
    first = await stage.start(through=line)
    line.hold("chat.postMessage")
    await stage.command(OPENING)
    await eventually(lambda: line.holding >= 3, "three pages on their way")
    claimed = [page for page in rows.pages(db) if page.state is DeliveryState.SENDING]
    assert len(claimed) >= 3
    await first.killed()
    assert stage.accepted() == []
    await stage.start()
    await eventually(lambda: not rows.unsent(db), within=60)
    verdict.exactly_once(stage, db)


TOO_LATE = "SIGKILL after Slack accepted, before the database knows"


@on_both
@fault(2, TOO_LATE)
async def test_what_slack_took_from_a_killed_process_is_found_and_not_sent_again(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    first = await stage.start()
    stage.fault(FaultKind.DELAY, count=3, seconds=20)
    await stage.command(OPENING)
    await eventually(lambda: len(stage.accepted()) >= 3)
    await first.killed()
    stage.heal()
    await stage.start()
    await eventually(lambda: not rows.unsent(db), within=60)
    verdict.exactly_once(stage, db)


@fault(2, TOO_LATE, passes=f"taken over within {TAKE_OVER} s")
@on_postgresql
async def test_another_replica_takes_over_what_a_killed_one_held(
    stage: Bots, db: Database, extent: Extent, verdict: Verdict
) -> None:
    lease = extent.of(int(LEASE), 30)
    first = await stage.start(lease=lease)
    second = await stage.start(lease=lease)
    stage.fault(FaultKind.DELAY, count=3, seconds=2 * lease)
    # It stands still until the other one is dead: whatever is claimed is that one's.
    first.pause()
    await stage.command(OPENING)
    await eventually(lambda: len(stage.accepted()) >= 3)
    held = [page.id for page in rows.pages(db) if page.state is DeliveryState.SENDING]
    assert len(held) >= 3
    await second.killed()
    dead_since = datetime.now(UTC)
    first.resume()
    await eventually(lambda: not rows.unsent(db), within=120)
    verdict.exactly_once(stage, db)
    taken = [page.sent_at for page in rows.pages(db) if page.id in held]
    took = max(sent_at - dead_since for sent_at in taken if sent_at)
    assert took > timedelta(0), "the other one had not stored what came of them"
    verdict.within(f"lease {lease} s, taken over after", took.total_seconds(), TAKE_OVER)
