"""Asking again what a busy database refuses: nothing of it was stored."""

from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import StoreUnavailable

Done = TypeVar("Done")

TIMES = 20


def insisted(deed: Callable[[], Done], *, past_deadlocks: bool = False) -> Done:
    """Repeat what is refused because a lock was not to be had in time, as people and ticks do.

    On a machine under load that says nothing. A deadlock is no matter of time: it is passed over
    only where somebody takes locks in an order of their own.
    """
    for _ in range(TIMES):
        try:
            return deed()
        except StoreUnavailable as refused:
            if _is_deadlock(refused) and not past_deadlocks:
                raise
    raise AssertionError(f"refused {TIMES} times")


def _is_deadlock(refused: StoreUnavailable) -> bool:
    cause = refused.__cause__
    return isinstance(cause, DBAPIError) and isinstance(cause.orig, psycopg.errors.DeadlockDetected)
