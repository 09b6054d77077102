"""Checks a claim one last time, just before the request to Slack is written.

A process can be stopped at any moment. If it is stopped between the check of its claim and the
request, another process may make the call in the meantime. So the check comes when the connection
is open, and only the write follows it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import aiohttp

Check = Callable[[], bool]
"""Tells whether the request may still go out."""

_check: ContextVar[Check | None] = ContextVar("check", default=None)


class Withheld(Exception):
    """The check said no, so the request was not sent."""


@contextmanager
def sending_only_if(check: Check) -> Iterator[None]:
    """Call `check` before each request of this task; if it says no, the request raises Withheld."""
    before = _check.set(check)
    try:
        yield
    finally:
        _check.reset(before)


class CheckedRequest(aiohttp.ClientRequest):
    """A request that calls the task's check when its connection is open."""

    async def send(self, *given: Any, **named: Any) -> aiohttp.ClientResponse:
        check = _check.get()
        if check is not None and not check():
            raise Withheld
        return await super().send(*given, **named)
