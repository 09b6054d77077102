"""A disk that fills while nothing happens: found out before the first escalation finds no room."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlmodel import col, func, select

from bot.domain.errors import StoreUnavailable
from bot.store.database import Database
from bot.store.tables import Limit
from bot.store.upkeep import storage_check
from tests.databases import on_both
from tests.factories import NOON

_SERVER_IS_FULL = (
    """
CREATE FUNCTION no_new_pages() RETURNS event_trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'
   USING ERRCODE = 'disk_full'; END $$
""",
    """
CREATE EVENT TRIGGER full_disk ON ddl_command_start WHEN TAG IN ('CREATE TABLE AS')
    EXECUTE FUNCTION no_new_pages()
""",
)


def outright(db: Database, *statements: str) -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def no_new_pages(db: Database) -> Iterator[None]:
    """A disk on which what is there can still be changed, and nothing grows."""
    if not db.is_sqlite:
        outright(db, *_SERVER_IS_FULL)
        yield
        outright(db, "DROP EVENT TRIGGER full_disk", "DROP FUNCTION no_new_pages")
        return

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    event.listen(Engine, "begin", limit)
    yield
    event.remove(Engine, "begin", limit)
    # It holds for each connection.
    db.engine.dispose()


@on_both
def test_a_disk_that_fills_in_a_quiet_night_is_found_out(db: Database) -> None:
    storage_check.look_for_room(db, NOON)
    with no_new_pages(db):
        for _ in range(3):
            storage_check.look_for_room(db, NOON)
        assert not db.takes_nothing, "what replaces itself needs no room"
        with pytest.raises(StoreUnavailable):
            storage_check.look_for_room(db, NOON, thorough=True)
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                storage_check.look_for_room(db, NOON)
            assert db.takes_nothing, "as long as there is no room for an escalation"
        with pytest.raises(StoreUnavailable):
            storage_check.try_room(db, NOON)
    storage_check.look_for_room(db, NOON)
    assert not db.takes_nothing


@on_both
def test_a_look_leaves_one_small_row(db: Database) -> None:
    storage_check.look_for_room(db, NOON, thorough=True)
    storage_check.look_for_room(db, NOON)
    storage_check.try_room(db, NOON)
    with db.reading() as tx:
        scopes = tx.execute(select(col(Limit.scope))).scalars().all()
        assert len(scopes) == 1
        if not db.is_sqlite:
            made = "SELECT count(*) FROM pg_class WHERE relname = 'tocsin_room'"
            assert tx.connection.exec_driver_sql(made).scalar() == 0


def test_a_user_who_may_make_no_table_looks_as_far_as_it_may(postgres: Database) -> None:
    name = postgres.url.database
    outright(
        postgres,
        "CREATE ROLE narrow",
        f'REVOKE TEMP ON DATABASE "{name}" FROM PUBLIC',
        "GRANT USAGE ON SCHEMA public TO narrow",
        'GRANT ALL ON "limit" TO narrow',
    )
    with postgres.transaction() as tx:
        tx.connection.exec_driver_sql("SET LOCAL ROLE narrow")
        storage_check.store(tx, NOON, thorough=True)
        assert tx.execute(select(func.count()).select_from(Limit)).scalar_one() == 1
    outright(postgres, "DROP OWNED BY narrow", "DROP ROLE narrow")
    outright(postgres, f'GRANT TEMP ON DATABASE "{name}" TO PUBLIC')


def test_trying_beside_a_bot_leaves_its_number_alone(sqlite: Database) -> None:
    storage_check.look_for_room(sqlite, NOON)
    other = Database(sqlite.url.render_as_string())
    storage_check.try_room(other, NOON)
    other.close()
    with sqlite.transaction():
        pass  # It would notice another content.


def test_a_disk_with_little_left_is_known(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not storage_check.is_nearly_full(sqlite)
    monkeypatch.setattr(storage_check, "LEAST_FREE", 2**62)
    assert storage_check.is_nearly_full(sqlite)
