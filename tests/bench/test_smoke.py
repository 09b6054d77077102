"""The whole bench, as short as it gets: every part runs and every row is there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.stage.processes import ROOT


@pytest.mark.timeout(600)
def test_a_short_run_yields_every_row(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench", "--smoke", "--json", str(written)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2_000:]

    run = json.loads(written.read_text())
    assert run["shortened"] is True
    assert run["cores"] >= 1
    assert run["measured_at"]
    names = [figure["name"] for figure in run["figures"]]
    assert len(names) == len({(figure["group"], figure["name"]) for figure in run["figures"]})
    for connections in ("1 connection,", "16 connections,", "64 connections,"):
        for who in ("only an ack", "SQLite", "PostgreSQL"):
            for what in ("p50", "p95", "p99", "requests"):
                assert f"{connections} {who}, {what}" in names
    for database in ("SQLite", "PostgreSQL"):
        for share in ("p50", "p99"):
            accepted = f"{database}, last of 3 pages accepted, {share}"
            assert f"one escalation at a time, {accepted}" in names
        assert f"4 opened at once, {database}, last ack" in names
        assert f"5 a second, {database}, p50" in names
        assert f"8 connections, {database}, p99 against p50" in names
        assert f"{database}, everybody has had their first page" in names
        assert f"{database}, last page of all accepted" in names
        assert f"{database}, ready" in names
        assert f"{database}, resident when ready" in names
        assert f"{database}, 1 process, pages accepted" in names
        assert f"{database}, claimed and committed" in names
        assert database in names
        assert f"{database}, next steps of pages, p99" in names
        assert f"{database}, 100 reminders due at one moment, the last" in names
        assert f"{database}, claimed and done, none dropped" in names
        for what in ("claim of messages", "claim of due work", "list", "show", "the Home tab"):
            assert f"{database}, {what}, p99" in names
    assert "PostgreSQL, 2 processes, pages accepted" in names
    assert all(figure["value"] > 0 for figure in run["figures"])
    for name in names:
        assert name in ended.stdout
