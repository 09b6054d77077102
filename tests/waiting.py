"""Waits for a condition that is not announced: a row in a database, a file, a process."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

Found = TypeVar("Found")
REST, LONGEST_REST = 0.02, 0.2
SHARE = 4
"""Each rest takes this many times as long as the look, to leave the machine to the other work."""


@overload
async def eventually(
    look: Callable[[], Awaitable[Found | None]], complaint: str = ..., *, within: float = ...
) -> Found: ...


@overload
async def eventually(
    look: Callable[[], Found | None], complaint: str = ..., *, within: float = ...
) -> Found: ...


async def eventually(
    look: Callable[[], Any], complaint: str = "it did not come", *, within: float = 60.0
) -> Any:
    """Return the first true result of `look`, which is awaited if it can be. Raises AssertionError
    with the complaint if none comes.
    """
    try:
        async with asyncio.timeout(within):
            # The condition is not announced, so look again and again.
            while True:
                began = time.monotonic()
                seen = look()
                if found := await seen if inspect.isawaitable(seen) else seen:
                    return found
                took = time.monotonic() - began
                await asyncio.sleep(min(max(REST, SHARE * took), LONGEST_REST))
    except TimeoutError:
        raise AssertionError(f"{complaint} (within {within} s)") from None
