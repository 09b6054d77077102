"""Waits for a condition that is not announced: a row in a database, a file, a process."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
REST, LONGEST_REST = 0.02, 0.2
SHARE = 4
"""Each rest takes this many times as long as the look, to leave the machine to the other work."""


async def eventually(
    look: Callable[[], Found | None], complaint: str = "it did not come", *, within: float = 60.0
) -> Found:
    """Return the first true result of `look`. Raises AssertionError with the complaint if none
    comes.
    """
    try:
        async with asyncio.timeout(within):
            # The condition is not announced, so look again and again.
            while True:
                began = time.monotonic()
                if found := look():
                    return found
                took = time.monotonic() - began
                await asyncio.sleep(min(max(REST, SHARE * took), LONGEST_REST))
    except TimeoutError:
        raise AssertionError(f"{complaint} (within {within} s)") from None
