"""PostgreSQL says that data or an index is damaged: told apart from a server that is away."""

import pytest

from bot.domain.errors import StoreUnavailable
from bot.store.database import Database
from bot.store.upkeep import maintenance
from tests.databases import on_postgresql


@on_postgresql
@pytest.mark.parametrize("code", ["XX001", "XX002"])
def test_damage_is_noticed_as_damage(db: Database, code: str) -> None:
    with pytest.raises(StoreUnavailable) as failed, db.transaction() as tx:
        tx.connection.exec_driver_sql(
            f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$"
        )
    assert db.is_damaged
    assert "is damaged" in failed.value.why
    maintenance.look_for_damage(db)
    assert db.is_damaged, "nothing tells that it is whole again"


@on_postgresql
def test_another_internal_error_is_no_damage(db: Database) -> None:
    with pytest.raises(Exception, match="x"), db.transaction() as tx:
        tx.connection.exec_driver_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'XX000'; END $$"
        )
    assert not db.is_damaged
