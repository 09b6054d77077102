"""Every signal that ends a bot ends it alike, and is in the log; each line bears its date."""

import re
import signal
from pathlib import Path

import pytest

from tests.commandline.commands import serving
from tests.databases import fresh_url


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_is_told_what_is_under_way_is_finished_and_the_status_is_0(
    tmp_path: Path, number: signal.Signals
) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        async with serving(tmp_path, DATABASE_URL=url) as bot:
            await bot.says("Tocsin serves")
            await bot.answers()
            assert await bot.ended(number) == 0
            lines = bot.said.splitlines()
    ends = [line for line in lines if "Tocsin finishes" in line or "Tocsin has ended" in line]
    assert len(ends) == 2
    assert f"signal={number.name}" in ends[0]
    assert lines[-1] == ends[1]
    undated = [line for line in lines if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", line)]
    assert undated == []
