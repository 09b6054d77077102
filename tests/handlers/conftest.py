"""A stage on each database."""

from collections.abc import AsyncIterator

import pytest

from bot.policy import Policy
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.store.database import Database
from tests.handlers.stage import Stage, a_stage


@pytest.fixture(scope="session")
def wording(policy: Policy) -> Wording:
    return Wording(policy, Templates())


@pytest.fixture
async def stage(db: Database, wording: Wording) -> AsyncIterator[Stage]:
    async with a_stage(db, wording) as ready:
        yield ready
