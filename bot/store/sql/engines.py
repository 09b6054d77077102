"""Engines of SQLAlchemy: how each database is connected to, and how a transaction begins."""

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DisconnectionError

from bot.store.sql.sqlite_file import SQLiteFile

WRITE = "tocsin_write"
# Slack gives a command three seconds: a lock that takes longer than this is refused visibly.
LONGEST_WAIT_MS = 1_200
CONNECT_SECONDS = 2
# A process that stands still within a transaction (stopped, swapped out, its machine paused) would
# keep what it has locked from the others: by then its lease is over, and the server ends it.
ABANDONED_MS = 30_000
# To PostgreSQL a session that stops half-way through a pipeline is not idle but active: only the
# length of its transaction gives it away. The server knows this limit since version 17.
_LIMITS_TRANSACTIONS = 170_000
LONGEST_LOG = 64 * 1024 * 1024
"""Bytes of SQLite's write-ahead log that stay on the disk once it has been written back."""
# One snapshot for all of a look; on SQLite a transaction is that anyway.
_BEGIN_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN = b"BEGIN"
# What writes goes along an index, a few rows at a time, and stops. PostgreSQL knows too little of
# what is due: it expects a handful, for which a bitmap and a sort seem to cost no more, and then
# sorts all ten thousand for each batch. A reader may do as it likes.
_BEGIN_WRITING = b"BEGIN; SET LOCAL enable_bitmapscan = off"
# What holds for each session, by the name that the server has for it. Moments come back as they
# are kept: another zone would be computed for each of them.
_SESSION = {
    "timezone": "UTC",
    "lock_timeout": LONGEST_WAIT_MS,
    "idle_in_transaction_session_timeout": ABANDONED_MS,
}
_DIRECT = {"options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items())}
# Behind a pooler the session is another one each time, and so is what it has prepared.
_POOLED = {"prepare_threshold": None}
_FOR_ONE_TRANSACTION = "".join(
    f"; SET LOCAL {name} = '{value}'" for name, value in _SESSION.items()
).encode()
POOLER, TRANSACTION = "pooler", "transaction"
"""An option of the address: `postgresql://…?pooler=transaction`."""
COMMAND_OK = psycopg.pq.ExecStatus.COMMAND_OK
POOL_SIZE = 16


def sqlite_engine(url: str, file: SQLiteFile) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
    )

    @event.listens_for(engine, "do_connect")
    def _connect(*_: Any) -> sqlite3.Connection:
        return file.connect()

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling begins late and never before a SELECT:
        # switched off as SQLAlchemy's documentation says, BEGIN is ours.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT_MS}")
        connection.execute(f"PRAGMA journal_size_limit = {LONGEST_LOG}")
        connection.execute("PRAGMA temp_store = MEMORY")
        # SQLite's own knows ASCII only: a search for 'élan' would not find 'Élan'.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get(WRITE, True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def is_pooled(url: URL) -> bool:
    """Whether a pooler lends a server for one transaction at a time."""
    return url.query.get(POOLER) == TRANSACTION


def plain(url: URL) -> URL:
    """Return the address as the driver takes it."""
    return url.set(drivername="postgresql+psycopg").difference_update_query([POOLER])


def postgres_engine(url: str) -> Engine:
    given = make_url(url)
    pooled = is_pooled(given)
    engine = create_engine(
        plain(given),
        # BEGIN is ours, as on SQLite.
        isolation_level="AUTOCOMMIT",
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "tocsin",
            **(_POOLED if pooled else _DIRECT),
        },
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT":
            return
        begin = _beginning(options.get(WRITE), driver.pgconn.server_version)
        if pooled:
            begin += _FOR_ONE_TRANSACTION
        # By libpq itself: what is asked before every transaction should cost a round trip only.
        if driver.pgconn.exec_(begin).status != COMMAND_OK:
            raise DisconnectionError("the server is gone")

    return engine


def _beginning(write: bool | None, server_version: int) -> bytes:
    """Return what begins a transaction; None: one that may take its time, as a migration does."""
    if write is False:
        return _BEGIN_READING
    if write is None:
        return _BEGIN
    if server_version < _LIMITS_TRANSACTIONS:
        return _BEGIN_WRITING
    return b"%s; SET LOCAL transaction_timeout = %d" % (_BEGIN_WRITING, ABANDONED_MS)
