"""A page's pytest command selects a test, and its commands name the Python to run them with."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, examples, name, pages, text

CODE = re.compile(r"(?<!`)`([^`\n]+)`")
PYTEST = re.compile(r"\bpytest (.+)")
OTHER_PYTHON = re.compile(
    r"(?<!\.venv/bin/)\bpython app\.py|(?<!\.venv/bin/python -m )\bpytest -?\w"
)


def commands(page: Path) -> Iterator[str]:
    """Yield the lines of a page's shell examples, and its code within a line."""
    for example in examples(page):
        if example.language == "bash":
            yield from (re.sub(r"(?:^|\s+)# .*", "", line) for line in example.code.splitlines())
    yield from CODE.findall(re.sub(r"```.*?```", "", text(page), flags=re.DOTALL))


def runs() -> list[str]:
    found = [PYTEST.search(command) for page in pages() for command in commands(page)]
    return sorted({run[1].strip() for run in found if run})


@pytest.mark.parametrize("run", runs())
def test_a_pytest_command_selects_a_test(run: str) -> None:
    assert selects(run)


def selects(run: str) -> bool:
    """Whether the paths and the `-k` of a command select a test. Other options are left out.

    Without paths, the folders named after the word of `-k` stand for all of them, which takes too
    long to collect.
    """
    words = shlex.split(run)
    named = words[words.index("-k") + 1] if "-k" in words else ""
    patterns = [word for word in words if word.startswith("tests")] or [f"tests/*/{named}"]
    paths = [path for pattern in patterns for path in ROOT.glob(pattern)]
    if not named:
        return any(path.is_file() or [*path.rglob("test_*.py")] for path in paths)
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider"]
    collected = subprocess.run(
        [*collect, "-k", named, *paths], cwd=ROOT, capture_output=True, check=False
    )
    return bool(paths) and collected.returncode == 0


def test_a_command_that_selects_nothing_is_found() -> None:
    assert len(runs()) > 3
    assert not selects("tests/domain/paging/test_ladders.py -k acknowledged")
    assert not selects("tests/*/no_such_subject")


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_command_runs_in_the_virtual_environment(page: Path) -> None:
    assert [command for command in commands(page) if OTHER_PYTHON.search(command)] == []
