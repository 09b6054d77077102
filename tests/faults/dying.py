"""Runs the app again and again. Each life ends at a later statement of a step's transaction.

`dying.py FILE FIRST BY serve …`: at statement FIRST, FIRST + BY and so on. Each life is its own
process. It ends by SIGKILL directly before a statement goes to the database driver, or directly
after the commit. A life that completes the step before its statement goes on. FILE gets a line for
each death: the statement.
"""

import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event, update
from sqlmodel import col

from bot.domain.duework.timer_states import TimerState
from bot.domain.kinds import TimerKind
from bot.services.duework import firing
from bot.store.database import Database
from bot.store.tables import Timer
from commandline.main import main


class Life:
    """Counts the statements of the first step that this process takes."""

    def __init__(self, dies_at: int, deaths: Path) -> None:
        self._left = dies_at
        self._deaths = deaths
        self._thread: int | None = None

    def begin(self) -> None:
        fire = firing.fire

        def fired(*given: Any) -> None:
            if given[3].kind is not TimerKind.PAGE_STEP:
                return fire(*given)
            self._thread = threading.get_ident()
            fire(*given)
            self.statement("after the commit")
            self._thread = None
            return None

        firing.fire = fired  # type: ignore[assignment]
        event.listen(Engine, "connect", self._on_connect)
        _before(psycopg.Cursor, "execute", lambda given: self.statement(str(given[1])))
        _before(psycopg.Cursor, "executemany", lambda given: self.statement(str(given[1])))
        _before(psycopg.Connection, "commit", lambda _: self.statement("COMMIT"))

    def _on_connect(self, connection: Any, _record: Any) -> None:
        if hasattr(connection, "set_trace_callback"):
            connection.set_trace_callback(self.statement)

    def statement(self, words: str) -> None:
        if self._thread != threading.get_ident():
            return
        self._left -= 1
        if self._left == 0:
            with self._deaths.open("a") as file:
                file.write(" ".join(words.split())[:80] + "\n")
            os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str, tell: Callable[[tuple[Any, ...]], None]) -> None:
    called = getattr(owner, name)

    def call(*given: Any, **named: Any) -> Any:
        tell(given)
        return called(*given, **named)

    setattr(owner, name, call)


def _let_leases_run_out() -> None:
    """Behave as if the next life begins after the last one's lease."""
    db = Database(os.environ["DATABASE_URL"])
    with db.transaction() as tx:
        tx.execute(update(Timer).where(col(Timer.state) == TimerState.DUE).values(lease_until=None))
    db.close()


def _lives(deaths: Path, first: int, by: int, arguments: list[str]) -> int:
    child = 0

    def pass_on(number: int, _frame: object) -> None:
        os.kill(child, number)

    for dies_at in itertools.count(first, by):
        child = os.fork()
        if child == 0:
            Life(dies_at, deaths).begin()
            sys.exit(main(arguments))
        signal.signal(signal.SIGTERM, pass_on)
        _, status = os.waitpid(child, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            return 0
        _let_leases_run_out()
    return 1


if __name__ == "__main__":
    sys.exit(_lives(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
