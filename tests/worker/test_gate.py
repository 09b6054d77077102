"""Requests before the relay's work: for a while, and never for ever."""

import asyncio
import time

import pytest

from bot.concurrency import gate
from bot.concurrency.gate import Gate


async def has_its_turn_at_once(door: Gate) -> bool:
    turn = asyncio.ensure_future(door.turn())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    done = turn.done()
    turn.cancel()
    return done


async def test_when_nobody_asks_for_anything_it_is_open() -> None:
    door = Gate()
    assert [await has_its_turn_at_once(door) for _ in range(3)] == [True, True, True]
    assert not await door.turn(), "and a turn may be a long one"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is let through because it has taken long."""
    monkeypatch.setattr(gate, "LONGEST_SECONDS", 600.0)


@pytest.mark.usefixtures("patient")
async def test_while_a_request_is_served_the_others_wait_for_its_end() -> None:
    door = Gate()
    with door.serving():
        waiting = [asyncio.create_task(door.turn()) for _ in range(5)]
        with door.serving():
            await asyncio.sleep(4 * gate.QUIET_SECONDS)
        await asyncio.sleep(4 * gate.QUIET_SECONDS)
        assert not any(task.done() for task in waiting)
    assert not any(await asyncio.wait_for(asyncio.gather(*waiting), 30))


@pytest.mark.usefixtures("patient")
async def test_one_request_right_after_the_other_is_no_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "QUIET_SECONDS", 60.0)
    door = Gate()
    with door.serving():
        waiting = asyncio.create_task(door.turn())
        await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0.002)
        with door.serving():
            await asyncio.sleep(0.002)
    assert not waiting.done()
    waiting.cancel()


async def test_in_a_stream_of_requests_a_short_pause_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(gate, "STREAM_PAUSE_SECONDS", 60.0)
    door = Gate()
    for _ in range(gate.STREAM):
        with door.serving():
            pass
        assert not await door.turn(), "a few of them do not make a stream"
    with door.serving():
        pass
    assert not await has_its_turn_at_once(door)
    monkeypatch.setattr(gate, "STREAM_PAUSE_SECONDS", 0.001)
    await asyncio.sleep(0.01)
    with door.serving():
        pass
    assert await has_its_turn_at_once(door), "the pause has ended the stream"


async def test_nobody_waits_for_ever_however_many_requests_there_are() -> None:
    door = Gate()
    with door.serving():
        for _ in range(3):
            begun = time.monotonic()
            turns = await asyncio.wait_for(asyncio.gather(*(door.turn() for _ in range(50))), 30)
            assert all(turns), "each is told that the turn is to be a short one"
            assert time.monotonic() - begun >= 0.9 * gate.LONGEST_SECONDS


@pytest.mark.usefixtures("patient")
async def test_one_that_gives_up_keeps_nobody_else_waiting() -> None:
    door = Gate()
    with door.serving():
        first, second = (asyncio.create_task(door.turn()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
    await asyncio.wait_for(second, 30)


async def test_within_a_turn_requests_come_in_between() -> None:
    door, seen = Gate(), list[str]()

    async def post() -> None:
        await door.step()
        seen.append("post")

    async def request() -> None:
        for _ in range(3):
            seen.append("request")
            await asyncio.sleep(0)

    with door.serving():
        await asyncio.gather(*(post() for _ in range(6)), request())
    assert seen.count("post") == 6
    assert seen.index("post") < len(seen) - 1 - seen[::-1].index("request"), seen
    assert seen[:6].count("post") < 4, "not all at one go"
