"""Checks that every statement that the product runs on SQLite also runs on PostgreSQL.

Most tests run on SQLite only (`tests/databases.py`). With `--compare-databases`, as `make test`
runs it, each test process records the statements of both databases, and the one that started the
others compares them at the end.

A statement is recorded when SQLAlchemy compiles it, once in a process (`tests/compiled.py`), so
this takes next to no time. For the comparison, each is written as for SQLite, whichever database it
ran on. Statements that only tests run are left out.
"""

import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.compiler import SQLCompiler
from xdist.workermanage import WorkerController

from bot.store.sql.prepared import CompiledStatement, WaitingWrite, together

OWN_FORMS = {
    "bot/store/delivery/claims.py:_lease": "SQLite changes lanes and deliveries one after another",
    "bot/store/delivery/claims.py:claim": "PostgreSQL also locks the lanes that it finds",
    "bot/store/incidents/search.py:search": "only PostgreSQL needs lower() for ASCII letters",
    "bot/store/upkeep/snapshots.py:contents": "Tocsin copies and checks SQLite files only",
}
"""Functions whose statements differ between the databases, or run on SQLite only, and the reason.

SQL given to a driver as text (`BEGIN`, `PRAGMA`) is always one database's own, and not recorded.
"""

_OPTION = "--compare-databases"
_ROOT = Path(__file__).resolve().parent.parent
_PRODUCT = ("bot", "handlers", "commandline")
_BETWEEN = ("bot/store/transaction.py", "bot/store/database.py", "bot/store/sql/")
"""The modules that run what a function of the store gives them."""
_RECORDING = ("tests/statements.py", "tests/compiled.py")
_NEUTRAL = SQLiteDialect(paramstyle="named")
_SAME = (
    (r"(:\w+?|\banon)_\d+\b", r"\1"),
    # A list as one value, in SQLite's form and in PostgreSQL's.
    (r"IN \(SELECT anon\.value\s+FROM json_each\((:\w+)\) AS anon\)", r"= ANY (\1)"),
    # A list in the SQL, of any length.
    (r"([\w.]+ = :\w+)(?: OR \1)+", r"\1"),
)
_ASSIGNS = re.compile(r'(UPDATE \w+ SET )((?:"?\w+"?=:\w+(?:, )?)+)( WHERE .*)', re.DOTALL)


@dataclass
class Recorded:
    """The statements that ran on PostgreSQL, and the product's on SQLite, with where they ran."""

    on_sqlite: dict[str, str] = field(default_factory=dict)
    on_postgresql: list[str] = field(default_factory=list)

    def ran(self, dialect: str, statement: ClauseElement, columns: Sequence[str] | None) -> None:
        if dialect != "sqlite":
            self.on_postgresql += in_one_form(statement, columns)
        elif place := _place(sys._getframe()):
            self.on_sqlite |= dict.fromkeys(in_one_form(statement, columns), place)

    def add(self, other: "Recorded") -> None:
        self.on_sqlite |= other.on_sqlite
        self.on_postgresql += other.on_postgresql

    def missing(self, own_forms: Collection[str] = OWN_FORMS.keys()) -> list[str]:
        """Return the statements that ran on SQLite only, each with where it ran.

        A function of `own_forms` without one is returned too. So no run compares nothing.
        """
        alone = {each: self.on_sqlite[each] for each in self.on_sqlite.keys() - self.on_postgresql}
        found = [f"{place}\n{text}" for text, place in alone.items() if place not in own_forms]
        stale = [f"{place}\nhas no form of its own" for place in {*own_forms} - {*alone.values()}]
        return sorted(found + stale)


def in_one_form(statement: ClauseElement, columns: Sequence[str] | None = None) -> list[str]:
    """Return the statement's text as for SQLite; nothing if only PostgreSQL can run it.

    An UPDATE that only assigns values counts as one for each column: which columns change together
    is up to the caller.
    """
    try:
        text = str(statement.compile(dialect=_NEUTRAL, column_keys=columns and list(columns)))
    except CompileError:
        return []
    for form, same in _SAME:
        text = re.sub(form, same, text)
    if assigns := _ASSIGNS.fullmatch(text):
        begin, assigned, where = assigns.groups()
        return [f"{begin}{each}{where}" for each in assigned.split(", ")]
    return [text]


def _place(frame: FrameType | None) -> str | None:
    """Return the product's function that runs a statement; None if a test itself runs it."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
            within = path.relative_to(_ROOT).as_posix()
            if within not in _RECORDING and not within.startswith(_BETWEEN):
                function = frame.f_code.co_qualname.partition(".<locals>")[0]
                return f"{within}:{function}" if within.startswith(_PRODUCT) else None
        frame = frame.f_back
    return None


@contextmanager
def recording() -> Iterator[Recorded]:
    """Record every statement that is compiled, and the parts of those that run together."""
    recorded, known = Recorded(), set[tuple[WaitingWrite, ...]]()
    compile_ = SQLCompiler.__init__

    def compiled(
        self: SQLCompiler, dialect: Dialect, statement: Any, *rest: Any, **more: Any
    ) -> None:
        compile_(self, dialect, statement, *rest, **more)
        if statement is not None and dialect is not _NEUTRAL:
            recorded.ran(dialect.name, statement, more.get("column_keys"))

    def joined(dialect: Dialect, puts: tuple[WaitingWrite, ...]) -> CompiledStatement:
        if puts not in known:
            known.add(puts)
            for each in puts:
                recorded.ran(dialect.name, each.put.statement, each.columns)
        return together(dialect, puts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "__init__", compiled)
        patch.setattr("bot.store.transaction.together", joined)
        yield recorded


_RECORDED = pytest.StashKey[Recorded]()
_MISSING = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        _OPTION, action="store_true", help="fail if a statement runs on SQLite only; for all tests"
    )


@pytest.fixture(scope="session", autouse=True)
def _record(pytestconfig: pytest.Config) -> Iterator[None]:
    if not pytestconfig.getoption(_OPTION):
        yield
        return
    with recording() as recorded:
        yield
    _recorded(pytestconfig).add(recorded)


def _recorded(config: pytest.Config) -> Recorded:
    return config.stash.setdefault(_RECORDED, Recorded())


def pytest_testnodedown(node: WorkerController) -> None:
    """Take over what another test process has recorded."""
    if told := getattr(node, "workeroutput", {}).get(_OPTION):
        _recorded(node.config).add(Recorded(*told))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand over what was recorded, or compare it. A failed test may have run too little."""
    config = session.config
    if not config.getoption(_OPTION):
        return
    recorded = _recorded(config)
    if hasattr(config, "workeroutput"):
        config.workeroutput[_OPTION] = (recorded.on_sqlite, recorded.on_postgresql)
    elif exitstatus == pytest.ExitCode.OK and (missing := recorded.missing()):
        config.stash[_MISSING] = missing
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if missing := config.stash.get(_MISSING, None):
        terminalreporter.section("statements that ran on SQLite only", red=True)
        for each in missing:
            terminalreporter.write_line(f"{each}\n")
        terminalreporter.write_line(
            f"Statements of the product that no test ran on PostgreSQL: {len(missing)}. "
            "Mark a test that runs them with on_both, from tests/databases.py."
        )
