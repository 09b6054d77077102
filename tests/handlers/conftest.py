"""A stage on each database."""

from collections.abc import AsyncIterator

import pytest

from bot.policy import Policy
from bot.render.desk import Desk
from bot.render.words import Words
from bot.store.database import Database
from tests.handlers.stage import Stage, a_stage


@pytest.fixture(scope="session")
def desk(policy: Policy) -> Desk:
    return Desk(policy, Words())


@pytest.fixture
async def stage(db: Database, desk: Desk) -> AsyncIterator[Stage]:
    async with a_stage(db, desk) as ready:
        yield ready
