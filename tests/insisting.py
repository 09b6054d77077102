"""Repeats work that a busy database refuses. A refused transaction has stored nothing."""

from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import StoreUnavailable

Done = TypeVar("Done")

TIMES = 20


def insisted(deed: Callable[[], Done], *, past_deadlocks: bool = False) -> Done:
    """Repeat the work while it cannot get a lock in time, as people and ticks do.

    On a busy machine such a refusal says nothing. A deadlock is not a matter of time. It is ignored
    only if a test takes locks in an order of its own.
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
