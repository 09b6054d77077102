"""Tries a mutant in a process of its own, in which its module is the changed one.

The process is a fork of one that has imported everything slow that is not ours. Nothing on disk
changes.
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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import NoReturn

from tests.mutants.mutant import Mutant

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


def try_all(
    work: Iterable[tuple[Mutant, Sequence[str], float]], root: Path, log: Path, workers: int
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
                pid = _fork(mutant, tests, root, folder, log)
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
        shutil.rmtree(one.folder, ignore_errors=True)
        took = time.monotonic() - one.began
        yield Tried(one.mutant, _outcome(one, status), one.tests, took)
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


def _fork(mutant: Mutant, tests: Sequence[str], root: Path, folder: Path, log: Path) -> int:
    pid = os.fork()
    if pid == 0:
        _be_the_mutant(mutant, tests, root, folder, log)
    return pid


def _be_the_mutant(
    mutant: Mutant, tests: Sequence[str], root: Path, folder: Path, log: Path
) -> NoReturn:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, _stop)
    out = os.open(log / f"{os.getpid()}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.chdir(root)
    sys.meta_path.insert(0, _Instead(mutant, root))
    import pytest

    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        code = int(pytest.main([*QUIETLY, f"--basetemp={folder / 't'}", *tests]))
        if code == 0:
            (log / f"{os.getpid()}.log").unlink()
    finally:
        # In every case, the rest of this program belongs to the other process.
        _leave(code)


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
