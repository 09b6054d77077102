"""How much may be under way: room for a page whatever else is slow, and an end to what hangs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.delivery.delivery_states import Priority
from bot.worker.delivery.capacity import Capacity, FreeCapacity
from bot.worker.timings import Timings

NEVER, AT_ONCE = 3600.0, 0.0
"""Seconds after which a call counts as one that hangs."""
SOON = -1.0
"""Seconds that an answer took: fewer than any limit here."""


def a_pace(slow_after: float, most_hanging: int = 100) -> Timings:
    return Timings(
        in_flight=8,
        fewest_in_flight=2,
        for_pages=3,
        slow_after=slow_after,
        most_hanging=most_hanging,
    )


def no_matter() -> None:
    """Nobody waits for a slot."""


@contextmanager
def under_way(
    slots: Capacity, count: int, priority: Priority
) -> Iterator[list[asyncio.Task[None]]]:
    """So many deliveries that do not end before the block does."""
    end = asyncio.Event()

    async def deliver() -> None:
        await end.wait()

    tasks = [asyncio.create_task(deliver()) for _ in range(count)]
    for task in tasks:
        slots.take(task, priority)
    yield tasks
    end.set()


async def test_what_is_less_than_a_page_leaves_room_for_pages() -> None:
    slots = Capacity(a_pace(NEVER), no_matter)
    assert slots.room() == FreeCapacity(any=8, others=5)
    with under_way(slots, 4, Priority.NOTICE):
        assert slots.room() == FreeCapacity(any=4, others=1)
        with under_way(slots, 1, Priority.REMINDER):
            assert slots.room() == FreeCapacity(any=3, others=0)


async def test_pages_may_take_every_slot_and_no_more() -> None:
    slots = Capacity(a_pace(NEVER), no_matter)
    with under_way(slots, 7, Priority.PAGE):
        assert slots.room() == FreeCapacity(any=1, others=1)
        with under_way(slots, 2, Priority.PAGE):
            assert slots.room() == FreeCapacity(any=0, others=0)


async def test_what_hangs_gives_its_slot_to_another() -> None:
    slots = Capacity(a_pace(AT_ONCE), no_matter)
    with under_way(slots, 20, Priority.NOTICE) as hanging:
        assert slots.room() == FreeCapacity(any=8, others=5)
        assert slots.tasks() == set(hanging), "they are waited for all the same"


async def test_when_too_much_hangs_the_rest_counts_like_the_others() -> None:
    slots = Capacity(a_pace(AT_ONCE, most_hanging=4), no_matter)
    with under_way(slots, 4, Priority.NOTICE):
        assert slots.room() == FreeCapacity(any=8, others=5)
        with under_way(slots, 3, Priority.NOTICE):
            assert slots.room() == FreeCapacity(any=5, others=2)
            with under_way(slots, 9, Priority.NOTICE):
                assert slots.room() == FreeCapacity(any=0, others=0)


async def test_a_slot_that_is_given_back_is_told_to_whoever_found_too_few() -> None:
    told = list[str]()
    slots = Capacity(a_pace(NEVER), lambda: told.append("freed"))
    with under_way(slots, 1, Priority.NOTICE) as few:
        assert slots.room().others == 4
    await asyncio.gather(*few)
    assert told == [], "there was room enough"
    with under_way(slots, 5, Priority.NOTICE) as many:
        assert slots.room().others == 0
    await asyncio.gather(*many)
    assert len(told) == 5
    assert slots.tasks() == set()
    assert slots.room() == FreeCapacity(any=8, others=5)


async def test_calls_without_an_answer_are_followed_by_fewer_and_answers_by_more() -> None:
    slots = Capacity(a_pace(AT_ONCE), no_matter)
    slots.unanswered()
    assert slots.room() == FreeCapacity(any=4, others=3)
    for _ in range(3):
        slots.unanswered()
    assert slots.room() == FreeCapacity(any=2, others=2), "some are tried all the same"
    slots.answered(SOON)
    assert slots.room() == FreeCapacity(any=3, others=2)
    for _ in range(20):
        slots.answered(SOON)
    assert slots.room() == FreeCapacity(any=8, others=5)


async def test_an_answer_that_comes_late_is_followed_by_no_more() -> None:
    slots = Capacity(a_pace(NEVER), no_matter)
    slots.unanswered()
    slots.answered(NEVER)
    assert slots.room() == FreeCapacity(any=4, others=3)


async def test_where_fewer_may_be_under_way_fewer_may_hang() -> None:
    """What we have given up, Slack still works at."""
    slots = Capacity(a_pace(AT_ONCE, most_hanging=16), no_matter)
    slots.unanswered()
    with under_way(slots, 8, Priority.NOTICE):
        assert slots.room() == FreeCapacity(any=4, others=3)
        with under_way(slots, 2, Priority.NOTICE):
            assert slots.room() == FreeCapacity(any=2, others=1)


async def test_calls_that_fail_together_are_one_sign() -> None:
    slots = Capacity(a_pace(NEVER), no_matter)
    for _ in range(5):
        slots.unanswered()
    assert slots.room() == FreeCapacity(any=4, others=3)
