"""The demonstration with a policy of one's own: its story is told, or it begins without one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.act import Workspace
from bot.policy import Policy, load
from bot.store.database import Database
from bot.store.incidents import incident_rows
from commandline.demonstration.seed import Unfit, seed
from tests.databases import fresh_url

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = load(ROOT / "escalation.toml")


def _without(table: str, key: str) -> Policy:
    there = getattr(SHIPPED, table)
    less: Any = {table: {other: rule for other, rule in there.items() if other != key}}
    return replace(SHIPPED, **less)


@pytest.mark.parametrize(
    ("table", "key"),
    [("categories", "harassment"), ("teams", "legal"), ("actions", "reduce-reach")],
)
def test_a_story_that_does_not_fit_is_not_told_and_leaves_nothing(
    tmp_path: Path, table: str, key: str
) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        db = Database(url)
        with pytest.raises(Unfit):
            seed(db, _without(table, key), Workspace("T0TOCSIN"), datetime.now(UTC))
        with db.reading() as tx:
            assert not incident_rows.batch(tx, after="", number=None, limit=1)
        db.close()
