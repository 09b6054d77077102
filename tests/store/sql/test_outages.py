"""A database that is away, locked or full says so by one error; what was asked is not stored."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.domain.errors import AlreadyHandled, StoreUnavailable
from bot.policy import Policy
from bot.store.database import Database
from bot.store.delivery import outbox
from bot.store.tables import Limit
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE, an_incident, people
from tests.store.lanes import a_delivery

A_LIMIT = {"team_id": "T1", "scope": "s", "blocked_until": NOON, "reason": ""}


def _store(db: Database, *rows: dict[str, object]) -> None:
    with db.transaction() as tx:
        tx.insert(Limit, *rows)


def _store_and_cut(db: Database) -> None:
    with db.transaction() as tx:
        tx.insert(Limit, A_LIMIT)
        _cut(db)
        tx.execute(text("SELECT 1"))


def _put_twice(db: Database) -> None:
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, NOON, [a_delivery("page")])
        raise AlreadyHandled


def test_a_locked_file_refuses_and_stores_nothing(sqlite: Database, policy: Policy) -> None:
    people(sqlite, policy)
    other = sqlite3.connect(str(sqlite.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        an_incident(sqlite, policy)
    other.execute("ROLLBACK")
    other.close()
    assert an_incident(sqlite, policy).head.reference == "ESC-1"


def test_a_file_that_may_only_be_read_refuses(sqlite: Database, policy: Policy) -> None:
    read_only = Database(f"sqlite:///file:{sqlite.url.database}?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable):
        people(read_only, policy)
    read_only.close()


def test_a_full_disk_refuses(sqlite: Database, policy: Policy) -> None:
    people(sqlite, policy)
    with sqlite.transaction() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    many = [{**A_LIMIT, "scope": f"{number} {'x' * 80}"} for number in range(500)]
    with pytest.raises(StoreUnavailable):
        _store(sqlite, *many)


def test_a_file_in_a_folder_that_is_not_there_refuses(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/nowhere/tocsin.sqlite3")
    with pytest.raises(StoreUnavailable), db.reading():
        raise AssertionError("not reached")
    db.close()


def test_a_server_that_may_only_be_read_is_left_for_another(postgres: Database) -> None:
    """After a failover the old connections lead to it, and new ones to the server that stores."""
    with postgres.transaction() as tx:
        tx.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
    with pytest.raises(StoreUnavailable):
        _store(postgres, A_LIMIT)
    assert postgres.takes_nothing
    _store(postgres, A_LIMIT)


def test_a_server_that_is_not_there_refuses() -> None:
    db = Database("postgresql://tocsin@127.0.0.1:1/tocsin")
    with pytest.raises(StoreUnavailable), db.transaction():
        raise AssertionError("not reached")
    db.close()


def _administer(db: Database, statement: str) -> None:
    plain = db.url.set(drivername="postgresql").set(database="postgres")
    address = plain.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


def _cut(db: Database) -> None:
    name = db.url.database
    _administer(
        db,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",  # noqa: S608
    )


def test_a_server_that_stopped_refuses_and_is_used_again_when_it_is_back(
    postgres: Database, policy: Policy
) -> None:
    people(postgres, policy)
    _administer(postgres, f'ALTER DATABASE "{postgres.url.database}" ALLOW_CONNECTIONS false')
    _cut(postgres)
    with pytest.raises(StoreUnavailable):
        an_incident(postgres, policy)
    _administer(postgres, f'ALTER DATABASE "{postgres.url.database}" ALLOW_CONNECTIONS true')
    assert an_incident(postgres, policy).head.reference == "ESC-1"


def test_connections_that_died_at_rest_cost_nobody_a_refusal(
    postgres: Database, policy: Policy
) -> None:
    people(postgres, policy)
    with postgres.transaction(), postgres.reading(), postgres.reading():
        pass
    _cut(postgres)
    assert an_incident(postgres, policy).head.reference == "ESC-1"
    _cut(postgres)
    with postgres.reading() as tx:
        assert tx.execute(text('SELECT count(*) FROM "limit"')).scalar_one() == 0


def test_a_connection_that_is_cut_in_the_middle_leaves_nothing_behind(postgres: Database) -> None:
    with pytest.raises(StoreUnavailable):
        _store_and_cut(postgres)
    _store(postgres, A_LIMIT)


@on_both
def test_a_statement_that_is_wrong_is_no_outage(db: Database) -> None:
    with pytest.raises(DBAPIError), db.transaction() as tx:
        tx.execute(text("SELECT no_such_function()"))
    with pytest.raises(IntegrityError):
        _store(db, A_LIMIT, A_LIMIT)


@on_both
def test_a_look_is_one_snapshot(db: Database) -> None:
    with db.reading() as tx:
        assert tx.execute(text('SELECT count(*) FROM "limit"')).scalar_one() == 0
        with db.transaction() as other:
            other.insert(Limit, A_LIMIT)
        assert tx.execute(text('SELECT count(*) FROM "limit"')).scalar_one() == 0


@on_both
def test_nobody_is_woken_by_what_was_rolled_back(db: Database, policy: Policy) -> None:
    people(db, policy)
    woken: list[int] = []
    db.on_new_delivery(lambda: woken.append(1))
    with pytest.raises(AlreadyHandled):
        _put_twice(db)
    assert woken == []
    an_incident(db, policy)
    assert woken == [1]
