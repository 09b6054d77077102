"""A process that stands still within a transaction keeps nothing from the others for long."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text

from bot.domain.errors import StoreUnavailable
from bot.store.database import Database
from bot.store.sql import engines
from bot.store.transaction import Transaction
from tests.waiting import eventually

LIMIT_MS = 1_000


@pytest.fixture
def counted(postgres: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with a row that two may want, and a server that waits for a second only."""
    with postgres.engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TABLE counted (times integer)"))
        connection.execute(text("INSERT INTO counted VALUES (0)"))
    monkeypatch.setattr(engines, "ABANDONED_MS", LIMIT_MS)
    return postgres


async def test_a_row_is_free_again_though_its_transaction_stopped_within_a_pipeline(
    counted: Database,
) -> None:
    """To the server such a session is active, not idle: the rest of its message is to come."""
    with pytest.raises(StoreUnavailable):
        await _stopped_until_another_one_counts(counted)
    assert _times(counted) == 1


async def test_a_migration_may_take_longer(counted: Database) -> None:
    with counted.engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE counted SET times = times + 1"))
        connection.execute(text(f"SELECT pg_sleep({2 * LIMIT_MS / 1000})"))
    assert _times(counted) == 1


async def _stopped_until_another_one_counts(db: Database) -> None:
    with db.transaction() as tx, _half_sent(tx):
        assert not _counts(db)
        await eventually(lambda: _counts(db))


@contextmanager
def _half_sent(tx: Transaction) -> Iterator[None]:
    """Within a pipeline that has locked the row, and whose end the server waits for."""
    driver = tx.connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.pipeline():
        driver.execute("UPDATE counted SET times = times + 1")
        driver.pgconn.send_flush_request()
        driver.pgconn.flush()
        yield


def _counts(db: Database) -> bool:
    try:
        with db.transaction() as tx:
            tx.connection.execute(text("UPDATE counted SET times = times + 1"))
    except StoreUnavailable:
        return False
    return True


def _times(db: Database) -> int:
    with db.reading() as tx:
        times: int = tx.connection.execute(text("SELECT times FROM counted")).scalar_one()
        return times
