"""The running bot on each database. The long form has no time limit."""

from collections.abc import AsyncIterator

import pytest

from tests.fuzz.running import RunningBot, running_bot
from tests.invariants import broken


@pytest.fixture
async def bot(database_url: str) -> AsyncIterator[RunningBot]:
    """A bot that must be consistent, silent and still at work at the end of the test."""
    async with running_bot(database_url) as running:
        yield running
        await running.settled()
        assert running.complaints() == []
        await running.still_serves()
        await running.settled()
        assert broken(running.tocsin.db) == []
