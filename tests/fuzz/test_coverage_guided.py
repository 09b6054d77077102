"""The coverage-guided fuzzer, for a bounded number of runs; `make fuzz` lets it run for minutes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.effort import LONG, SEED, effort
from tests.fuzz.targets import SHIPPED
from tests.fuzz.test_commands import PIECES

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MINUTES_EACH = 10


def _fuzzed(script: str, runs: int, corpus: Path, *more: str) -> subprocess.CompletedProcess[str]:
    how_long = effort(short=[f"-runs={runs}"], long=[f"-max_total_time={60 * MINUTES_EACH}"])
    return subprocess.run(
        [
            sys.executable,
            str(HERE / script),
            *how_long,
            f"-seed={SEED}",
            f"-artifact_prefix={corpus.parent}/",
            *more,
            str(corpus),
        ],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.mark.timeout(0 if LONG else 300)
def test_no_input_breaks_the_readers_of_commands(corpus: Path) -> None:
    for number, piece in enumerate(PIECES):
        (corpus / str(number)).write_bytes(piece.encode(errors="replace")[:200])
    ended = _fuzzed("atheris_commands.py", 300, corpus, "-max_len=300")
    assert ended.returncode == 0, ended.stderr[-4_000:]
    assert "DONE" in ended.stderr


@pytest.mark.timeout(0 if LONG else 300)
def test_no_input_breaks_the_reading_of_policies(corpus: Path) -> None:
    whole = SHIPPED.read_bytes()
    (corpus / "whole").write_bytes(whole)
    for number, part in enumerate(whole.split(b"\n\n")):
        (corpus / str(number)).write_bytes(part)
    ended = _fuzzed("atheris_policy.py", 200, corpus)
    assert ended.returncode == 0, ended.stderr[-4_000:]
    assert "DONE" in ended.stderr
