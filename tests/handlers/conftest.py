"""A stage on each database."""

from collections.abc import AsyncIterator

import pytest

from bot.policy import Policy
from bot.store.database import Database
from tests.handlers.stage import Stage, a_stage


@pytest.fixture
async def stage(db: Database, policy: Policy) -> AsyncIterator[Stage]:
    async with a_stage(db, policy) as ready:
        yield ready
