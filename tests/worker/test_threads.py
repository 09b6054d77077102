"""The order in which the one writing thread takes what waits for it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.concurrency.threads import URGENT_IN_A_ROW, Call, Ended, Threads


@asynccontextmanager
async def busy_writer(threads: Threads) -> AsyncIterator[None]:
    """The writer is busy until the block ends; what is asked of it meanwhile waits."""
    busy, free = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        free.wait(30)

    holding = asyncio.create_task(threads.write(hold))
    await asyncio.to_thread(busy.wait, 30)
    yield
    await asyncio.sleep(0)  # Each task has begun, and stands in its queue.
    free.set()
    await holding


async def order_of(urgent: int, behind: int) -> list[str]:
    """What is done in which order, when all of it waits for a writer that is busy."""
    threads, done = Threads(one_writer=True), list[str]()
    relay = threads.in_turn()
    try:
        async with busy_writer(threads):
            waiting = [
                asyncio.create_task(relay.write(done.append, "relay")) for _ in range(behind)
            ]
            waiting += [
                asyncio.create_task(threads.write(done.append, "ack")) for _ in range(urgent)
            ]
        await asyncio.gather(*waiting)
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


async def test_an_error_of_what_several_share_reaches_each_of_them() -> None:
    """A commit that fails for a reason that nobody foresaw must leave nobody waiting."""

    def fails(_calls: Sequence[Call]) -> Sequence[Ended]:
        raise ValueError("no")

    threads = Threads(one_writer=True, together=fails)
    try:
        async with busy_writer(threads):
            waiting = [asyncio.create_task(threads.write(str, number)) for number in range(3)]
        ends = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 30)
    finally:
        threads.close()
    assert [type(end) for end in ends] == [ValueError] * 3
