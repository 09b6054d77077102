"""One table for all cells of a process. Each cell's changes are put back."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.policy import Policy
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.store.database import Database
from tests import FOLDER
from tests.databases import fresh_url
from tests.writings.table import Table


@pytest.fixture(scope="session")
def laid(policy: Policy) -> Iterator[Table]:
    with (
        tempfile.TemporaryDirectory(dir=FOLDER) as folder,
        fresh_url("sqlite", Path(folder)) as url,
    ):
        db = Database(url)
        yield (table := Table.laid(db, policy, Wording(policy, Templates())))
        table.shell.threads.close()
        db.close()


@pytest.fixture
def table(laid: Table) -> Iterator[Table]:
    """The table. At the end, it fails with the cells that changed something unexpected."""
    laid.wrong.clear()
    yield laid
    assert not laid.wrong, f"{len(laid.wrong)} cells:\n" + "\n".join(laid.wrong[:20])
