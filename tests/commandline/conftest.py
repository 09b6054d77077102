"""A database for commands that are only about SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commandline.examining import keep_private
from tests.databases import fresh_url


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[str]:
    """A migrated SQLite file that only one test uses."""
    with fresh_url("sqlite", tmp_path) as url:
        keep_private(url)
        yield url
