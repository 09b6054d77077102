"""Tries each mutant in a process of its own. Nothing on disk changes.

`fresh` makes a process of a fork in which everything of ours is imported anew, and one module is
the changed one. `imported` is faster, but can change only what functions do.
"""

import atexit
import contextlib
import gc
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING, NoReturn

from tests.mutants.mutant import Mutant

if TYPE_CHECKING:
    # It is imported in the processes that are forked from here.
    import pytest

NOT_OURS = (
    "aiohttp.web",
    "alembic.command",
    "jinja2",
    "prometheus_client",
    "psycopg",
    "pydantic",
    "pytest",
    "slack_bolt.async_app",
    "slack_sdk.web.async_client",
    "sqlalchemy",
    "sqlmodel",
    "starlette.applications",
    "uvicorn",
)
QUIETLY = (
    *("-q", "-x", "--no-header"),
    *("-p", "no:cacheprovider", "-p", "no:anyio"),
    # A module that is already imported is not a test.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
INTERNAL_ERROR = 3
GRACE = 5.0
"""Seconds that a stopped process has to stop its PostgreSQL."""


class Outcome(StrEnum):
    NOTICED = "noticed"
    UNNOTICED = "unnoticed"
    ENDLESS = "noticed, it did not end"
    BROKEN = "noticed, it cannot be imported"
    NOT_RUN = "no test runs it"

    @property
    def noticed(self) -> bool:
        return self not in (Outcome.UNNOTICED, Outcome.NOT_RUN)


@dataclass(frozen=True)
class Tried:
    mutant: Mutant
    outcome: Outcome
    tests: Sequence[str]
    seconds: float
    failed: str = ""

    @property
    def decided_by(self) -> Sequence[str]:
        """Return the tests that notice the change, if they pass without it."""
        return [self.failed] if self.failed else self.tests


@dataclass
class _Running:
    mutant: Mutant
    tests: Sequence[str]
    began: float
    within: float
    folder: Path
    told: float | None = None


def prepare() -> None:
    """Import what every test process would import."""
    for name in NOT_OURS:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


Be = Callable[[Mutant, Sequence[str], Path], int]
"""Becomes the mutant in this process, runs the tests and returns pytest's exit code. The path is a
folder for temporary files.
"""


def try_all(
    work: Iterable[tuple[Mutant, Sequence[str], float]], be: Be, log: Path, workers: int
) -> Iterator[Tried]:
    """Try each mutant with its tests, `workers` at a time. `work` gives the limit in seconds."""
    running: dict[int, _Running] = {}
    left = iter(work)
    try:
        while True:
            while len(running) < workers and (one := next(left, None)) is not None:
                mutant, tests, within = one
                if not tests:
                    yield Tried(mutant, Outcome.NOT_RUN, (), 0.0)
                    continue
                folder = Path(tempfile.mkdtemp(prefix="mutant-"))
                pid = os.fork()
                if pid == 0:
                    _child(be, mutant, tests, folder, log)
                running[pid] = _Running(mutant, tests, time.monotonic(), within, folder)
            if not running:
                return
            yield from _ended(running)
    finally:
        for pid in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGTERM)


def _ended(running: dict[int, _Running]) -> Iterator[Tried]:
    pid, status = os.waitpid(-1, os.WNOHANG)
    if pid in running:
        one = running.pop(pid)
        took, failed = time.monotonic() - one.began, FirstFailure(one.folder).read()
        shutil.rmtree(one.folder, ignore_errors=True)
        yield Tried(one.mutant, _outcome(one, status), one.tests, took, failed)
        return
    now = time.monotonic()
    for child, one in running.items():
        if one.told is None and now - one.began > one.within:
            one.told = now
            os.kill(child, signal.SIGTERM)
        elif one.told is not None and now - one.told > GRACE:
            os.killpg(child, signal.SIGKILL)
    time.sleep(0.02)


def _outcome(one: _Running, status: int) -> Outcome:
    if one.told is not None or os.WIFSIGNALED(status):
        return Outcome.ENDLESS
    match os.WEXITSTATUS(status):
        case 0:
            return Outcome.UNNOTICED
        case 1:
            return Outcome.NOTICED
        case _:
            return Outcome.BROKEN


def _child(be: Be, mutant: Mutant, tests: Sequence[str], folder: Path, log: Path) -> NoReturn:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, _stop)
    said = log / f"{os.getpid()}.log"
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    code = INTERNAL_ERROR
    try:
        code = be(mutant, tests, folder)
        if code == 0:
            said.unlink()
    finally:
        if error := sys.exc_info()[1]:
            traceback.print_exception(error)
        # In every case, the rest of this program belongs to the other process.
        _leave(code)


def fresh(root: Path) -> Be:
    """Import everything of ours anew, the changed module among it. Nothing may be imported yet."""

    def be(mutant: Mutant, tests: Sequence[str], folder: Path) -> int:
        os.chdir(root)
        sys.meta_path.insert(0, _Instead(mutant, root))
        import pytest

        arguments = [*QUIETLY, f"--basetemp={folder / 't'}", *tests]
        return int(pytest.main(arguments, plugins=[FirstFailure(folder)]))

    return be


class FirstFailure:
    """A plugin of pytest: writes into a folder which test fails first."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "failed"

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        if report.failed and not self._file.exists():
            self._file.write_text(report.nodeid, encoding="utf-8")

    def read(self) -> str:
        return self._file.read_text(encoding="utf-8") if self._file.exists() else ""


def _stop(_number: int, _frame: FrameType | None) -> None:
    _leave(1)


def _leave(code: int) -> NoReturn:
    """Run the exit functions, which stop what the tests started, such as PostgreSQL. Then exit."""
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    os._exit(code)


class _Instead(MetaPathFinder):
    """Finds one module: the changed one."""

    def __init__(self, mutant: Mutant, root: Path) -> None:
        self._mutant, self._path = mutant, root / mutant.module.path

    def find_spec(
        self, fullname: str, _path: object = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._mutant.module.name:
            return None
        inside = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        loader = _Changed(fullname, str(self._path), self._mutant.text)
        return spec_from_file_location(
            fullname, self._path, loader=loader, submodule_search_locations=inside
        )


class _Changed(SourceFileLoader):
    def __init__(self, fullname: str, path: str, text: str) -> None:
        super().__init__(fullname, path)
        self._text = text

    def get_code(self, _fullname: str) -> CodeType:
        code: CodeType = compile(self._text, self.path, "exec", dont_inherit=True)
        return code
