"""Where a test is about one of the databases alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.databases import fresh_url


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    with opened("sqlite", tmp_path) as db:
        yield db


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Database]:
    with opened("postgresql", tmp_path) as db:
        yield db


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Database]:
    with fresh_url(kind, folder) as url:
        db = Database(url)
        yield db
        db.close()
