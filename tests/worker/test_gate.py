"""Requests before the relay's work: for a while, and never for ever."""

import asyncio

import pytest

from bot import gate
from bot.gate import Gate


async def passes_at_once(door: Gate) -> bool:
    passing = asyncio.ensure_future(door.passing())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    done = passing.done()
    passing.cancel()
    return done


async def test_when_nobody_asks_for_anything_it_is_open() -> None:
    door = Gate()
    assert [await passes_at_once(door) for _ in range(3)] == [True, True, True]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is let through because it has taken long."""
    monkeypatch.setattr(gate, "SPACING_SECONDS", 600.0)
    monkeypatch.setattr(gate, "LONGEST_SECONDS", 600.0)


@pytest.mark.usefixtures("patient")
async def test_while_a_request_is_served_the_others_wait_for_its_end() -> None:
    door = Gate()
    with door.serving():
        assert await passes_at_once(door), "one at a time goes through all the same"
        waiting = [asyncio.create_task(door.passing()) for _ in range(5)]
        with door.serving():
            await asyncio.sleep(4 * gate.QUIET_SECONDS)
        await asyncio.sleep(4 * gate.QUIET_SECONDS)
        assert not any(task.done() for task in waiting)
    await asyncio.wait_for(asyncio.gather(*waiting), 30)


async def test_nobody_waits_for_ever_however_many_requests_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "SPACING_SECONDS", 600.0)
    door = Gate()
    with door.serving():
        await asyncio.wait_for(asyncio.gather(*(door.passing() for _ in range(50))), 30)


@pytest.mark.usefixtures("patient")
async def test_one_that_gives_up_leaves_the_line_to_the_next() -> None:
    door = Gate()
    with door.serving():
        assert await passes_at_once(door)
        first, second = (asyncio.create_task(door.passing()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
    await asyncio.wait_for(second, 30)
