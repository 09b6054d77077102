"""Waiting for a condition that nothing announces: a row in a database, a file, a process."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


async def eventually(
    look: Callable[[], Found | None], complaint: str = "it did not come", *, within: float = 60.0
) -> Found:
    """Return the first true thing that `look` finds."""
    try:
        async with asyncio.timeout(within):
            # What is looked at announces nothing: it can only be looked at again.
            while not (found := look()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            return found
    except TimeoutError:
        raise AssertionError(f"{complaint} (within {within} s)") from None
