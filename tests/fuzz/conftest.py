"""The running bot on each database; with a long form everything takes as long as it takes."""

from collections.abc import AsyncIterator

import pytest

from tests.fuzz.running import RunningBot, running_bot
from tests.invariants import broken


@pytest.fixture
async def bot(database_url: str) -> AsyncIterator[RunningBot]:
    """A bot that must be whole, silent and still at work when the test is over."""
    async with running_bot(database_url) as running:
        yield running
        await running.settled()
        assert running.complaints() == []
        await running.still_serves()
        await running.settled()
        assert broken(running.tocsin.db) == []
