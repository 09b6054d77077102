"""Waiting for a condition that nothing announces: a row in a database, a file, a process."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
REST, LONGEST_REST = 0.02, 0.2
SHARE = 4
"""A rest takes so many times as long as the look: what is waited for has the machine meanwhile."""


async def eventually(
    look: Callable[[], Found | None], complaint: str = "it did not come", *, within: float = 60.0
) -> Found:
    """Return the first true thing that `look` finds."""
    try:
        async with asyncio.timeout(within):
            # What is looked at announces nothing: it can only be looked at again.
            while True:
                began = time.monotonic()
                if found := look():
                    return found
                took = time.monotonic() - began
                await asyncio.sleep(min(max(REST, SHARE * took), LONGEST_REST))
    except TimeoutError:
        raise AssertionError(f"{complaint} (within {within} s)") from None
