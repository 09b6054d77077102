"""Where a command is about SQLite alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commandline.examining import keep_private
from tests.databases import fresh_url


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[str]:
    """A migrated SQLite file that is nobody else's."""
    with fresh_url("sqlite", tmp_path) as url:
        keep_private(url)
        yield url
