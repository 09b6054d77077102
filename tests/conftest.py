"""Resources that tests share: databases, the shipped policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.policy import Policy, load
from bot.store.database import Database
from tests.databases import KINDS, fresh_url

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load(ROOT / "escalation.toml")


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database: every test that uses it runs on SQLite and on PostgreSQL."""
    with fresh_url(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()
