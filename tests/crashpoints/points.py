"""The points at which a process can die: around each commit, around each call to Slack.

Tests set them in a process of the bot. None of this exists in production.
"""

import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from threading import Lock
from types import FrameType
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.slack.client import SlackCalls
from bot.store.transaction import Transaction

WROTE = "crash_points_wrote"
_WRITES = re.compile(r"\bINSERT INTO\b|\bDELETE FROM\b|\bUPDATE \S+ SET\b")


class CrashPoints:
    """Names each point when the process reaches it, and ends the process at the chosen one.

    A point is a name and its count: 'before the commit of relay._claim_now #2'. Points before `arm`
    do not count.
    """

    def __init__(self, tell: Callable[[str], None], die_at: str | None) -> None:
        self._tell = tell
        self._die_at = die_at
        self._armed = False
        self._seen: Counter[str] = Counter()
        self._lock = Lock()

    def arm(self) -> None:
        self._armed = True

    def reached(self, name: str) -> None:
        """At the chosen point, kill this process with SIGKILL. It cleans up nothing and sends no
        answer.
        """
        if not self._armed:
            return
        with self._lock:
            self._seen[name] += 1
            point = f"{name} #{self._seen[name]}"
            self._tell(point)
            if point == self._die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch_commits(self, engine: Engine) -> None:
        """Count the commits that store something. Dying around another commit changes nothing."""
        commit = engine.dialect.do_commit

        @event.listens_for(engine, "begin")
        def _begun(connection: Any) -> None:
            connection.info[WROTE] = False

        @event.listens_for(engine, "after_cursor_execute")
        def _executed(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            _note(connection, statement, cursor)

        on_driver = Transaction.on_driver

        def noted(tx: Transaction, sql: str, values: Sequence[Any]) -> Any:
            cursor = on_driver(tx, sql, values)
            _note(tx.connection, sql, cursor)
            return cursor

        Transaction.on_driver = noted  # type: ignore[assignment, method-assign]

        def do_commit(connection: Any) -> None:
            if not connection.info.get(WROTE):
                commit(connection)
                return
            name = f"the commit of {_who_commits(sys._getframe())}"
            self.reached(f"before {name}")
            commit(connection)
            self.reached(f"after {name}")

        engine.dialect.do_commit = do_commit  # type: ignore[assignment, method-assign]

    def watch_calls(self) -> None:
        """Count every call to Slack that this process makes from now on."""
        call = SlackCalls.call

        async def watched(calls: SlackCalls, method: str, **arguments: Any) -> Any:
            self.reached(f"before the call of {method}")
            try:
                return await call(calls, method, **arguments)
            finally:
                self.reached(f"after the call of {method}")

        SlackCalls.call = watched  # type: ignore[assignment, method-assign]


def _note(connection: Any, statement: str, cursor: Any) -> None:
    """Note a statement that changes rows. With RETURNING, its row count is not known yet."""
    if _WRITES.search(statement) and ("RETURNING" in statement or cursor.rowcount != 0):
        connection.info[WROTE] = True


def _who_commits(frame: FrameType | None) -> str:
    """Return the service or loop that owns the transaction: our first frame above the store."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module.startswith("bot.") and not module.startswith("bot.store."):
            return f"{module.rpartition('.')[2]}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "somebody"
