"""The order in which the one writing thread takes what waits for it."""

import asyncio
import threading

import pytest

from bot.threads import URGENT_IN_A_ROW, Threads


async def order_of(urgent: int, behind: int) -> list[str]:
    """What is done in which order, when all of it waits for a writer that is busy."""
    threads, done = Threads(one_writer=True), list[str]()
    busy, free = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        free.wait(10)

    try:
        holding = asyncio.create_task(threads.write(hold))
        await asyncio.to_thread(busy.wait, 10)
        relay = threads.in_turn()
        waiting = [asyncio.create_task(relay.write(done.append, "relay")) for _ in range(behind)]
        waiting += [asyncio.create_task(threads.write(done.append, "ack")) for _ in range(urgent)]
        await asyncio.sleep(0)
        free.set()
        await asyncio.gather(holding, *waiting)
    finally:
        threads.close()
    return done


async def test_what_a_person_waits_for_goes_first() -> None:
    assert await order_of(urgent=2, behind=3) == ["ack", "ack", "relay", "relay", "relay"]


async def test_the_relay_gets_its_turn_however_many_requests_there_are() -> None:
    done = await order_of(urgent=3 * URGENT_IN_A_ROW, behind=1)
    assert "relay" in done[: URGENT_IN_A_ROW + 1]


async def test_an_error_reaches_whoever_called() -> None:
    def fails() -> None:
        raise ValueError("no")

    threads = Threads(one_writer=True)
    try:
        with pytest.raises(ValueError, match="no"):
            await threads.write(fails)
        assert await threads.read(str, 7) == "7"
    finally:
        threads.close()
