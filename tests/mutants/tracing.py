"""A plugin of pytest, `-p tests.mutants.tracing`: records each test's lines and its time.

Each test process leaves two files in the folder TOCSIN_TRACED: Coverage's data, with a context for
each test, and the seconds of the tests that passed.
"""

import json
import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

TRACED = "TOCSIN_TRACED"
SCOPE = "TOCSIN_TRACED_SCOPE"
_seconds: dict[str, float] = {}
_failed: set[str] = set()
_coverage: Any = None


def pytest_configure(config: pytest.Config) -> None:
    global _coverage
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    from coverage import Coverage

    data = Path(os.environ[TRACED]) / f"{os.getpid()}.lines"
    scope = os.environ[SCOPE].split(os.pathsep)
    _coverage = Coverage(data_file=str(data), source=scope, config_file=False, messages=False)
    warnings = ["module-not-measured", "no-data-collected", "module-not-imported"]
    _coverage.set_option("run:disable_warnings", [*warnings, "couldnt-parse", "already-imported"])
    _coverage.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if _coverage is None:
        return (yield)
    # Processor time, because on a busy machine a test seems to take ten times as long.
    began = time.process_time()
    _coverage.switch_context(item.nodeid)
    done = yield
    _coverage.switch_context("")
    _seconds[item.nodeid] = time.process_time() - began
    return done


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not report.passed:
        _failed.add(report.nodeid)


def pytest_unconfigure() -> None:
    if _coverage is None:
        return
    _coverage.stop()
    _coverage.save()
    passed = {test: seconds for test, seconds in _seconds.items() if test not in _failed}
    data = Path(os.environ[TRACED]) / f"{os.getpid()}.seconds"
    data.write_text(json.dumps(passed), encoding="utf-8")
