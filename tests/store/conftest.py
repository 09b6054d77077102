"""Fixtures for tests that are about only one of the databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.databases import fresh_database


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    with fresh_database("sqlite", tmp_path) as db:
        yield db


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Database]:
    with fresh_database("postgresql", tmp_path) as db:
        yield db
