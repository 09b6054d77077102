"""Requests without end: the relay and the tick have their turns all the same, short ones."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.concurrency import gate
from bot.domain.kinds import DeliveryKind
from bot.worker.delivery import relay
from bot.worker.duework import tick
from tests.databases import on_both
from tests.factories import MEI, PRIYA, TOM, an_incident
from tests.waiting import eventually
from tests.worker.conftest import Rig
from tests.worker.delivery.test_relay import all_sent

pytestmark = on_both


@asynccontextmanager
async def requests_without_end(rig: Rig) -> AsyncIterator[None]:
    """Some request is always being served."""
    end = threading.Event()
    asking = asyncio.create_task(rig.threads.read(end.wait, 120))
    await asyncio.sleep(0)
    try:
        yield
    finally:
        end.set()
        await asking


@pytest.fixture
def claims(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was claimed in each turn, and how much of it."""
    seen = list[tuple[str, int]]()
    counted = rig.figures.claimed

    def claimed(what: str, count: int, seconds: float) -> None:
        seen.append((what, count))
        counted(what, count, seconds)

    monkeypatch.setattr(rig.figures, "claimed", claimed)
    monkeypatch.setattr(gate, "LONGEST_SECONDS", 0.02)
    return seen


async def test_a_page_leaves_while_requests_never_end(
    rig: Rig, claims: list[tuple[str, int]]
) -> None:
    async with requests_without_end(rig), rig.working(ticking=False):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
        await eventually(lambda: rig.dms_of(PRIYA))
    assert claims


async def test_a_turn_among_requests_takes_a_few(
    rig: Rig, claims: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "IN_A_SHORT_TURN", 2)
    for _ in range(5):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with requests_without_end(rig), rig.working(ticking=False):
        await eventually(lambda: rig.dms_of(PRIYA) and all_sent(rig, DeliveryKind.CHANNEL_CREATE))
    counts = [count for what, count in claims if what == "delivery"]
    assert max(counts) == 2
    assert sum(counts) >= 6


async def test_a_due_step_is_taken_while_requests_never_end(
    rig: Rig, claims: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tick, "IN_A_SHORT_TURN", 1)
    for _ in range(3):
        an_incident(rig.db, rig.policy, rig.act(MEI), teams=("legal",))
    async with requests_without_end(rig), rig.working():
        await eventually(lambda: rig.dms_of(PRIYA))
        await rig.slack.advance(16 * 60)
        await eventually(lambda: rig.dms_of(TOM))
    assert max(count for what, count in claims if what == "timer") == 1
