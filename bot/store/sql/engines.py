"""SQLAlchemy's engines: how to connect to each database, and how a transaction begins."""

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DisconnectionError

from bot.store.sql.sqlite_file import SQLiteFile

WRITE = "tocsin_write"
# Slack gives a command three seconds. A wait for a lock ends after this, with an error that the
# person sees.
LONGEST_WAIT_MS = 1_200
CONNECT_SECONDS = 2
# A process can stand still within a transaction (stopped, swapped out, its machine paused). Its
# locks would block the others, so the server ends the session. By then its lease is over.
ABANDONED_MS = 30_000
# To PostgreSQL, a session that stops half-way through a pipeline is active, not idle. Only a limit
# on the transaction's length ends it. PostgreSQL has that limit since version 17.
_LIMITS_TRANSACTIONS = 170_000
LONGEST_LOG = 64 * 1024 * 1024
"""Bytes of SQLite's write-ahead log that stay on the disk after it is written back."""
# All statements of one read see one snapshot. On SQLite, every transaction works that way.
_BEGIN_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN = b"BEGIN"
# Transactions that write follow an index for a few rows, and stop. PostgreSQL's statistics about
# due rows are poor: it expects a handful, for which a bitmap and a sort seem as cheap, and then
# sorts all ten thousand for each batch. Transactions that only read keep the default.
_BEGIN_WRITING = b"BEGIN; SET LOCAL enable_bitmapscan = off"
# Settings of each session, by the server's names. UTC returns moments as they are stored: the
# server would have to convert each of them to another zone.
_SESSION = {
    "timezone": "UTC",
    "lock_timeout": LONGEST_WAIT_MS,
    "idle_in_transaction_session_timeout": ABANDONED_MS,
}
_DIRECT = {"options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items())}
# Behind a pooler, each transaction may get another session, without the statements prepared before.
_POOLED = {"prepare_threshold": None}
_FOR_ONE_TRANSACTION = "".join(
    f"; SET LOCAL {name} = '{value}'" for name, value in _SESSION.items()
).encode()
POOLER, TRANSACTION = "pooler", "transaction"
"""An option in DATABASE_URL: `postgresql://…?pooler=transaction`."""
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
        # The driver begins its transactions late, and never before a SELECT. So we switch that off,
        # as SQLAlchemy's documentation says, and issue BEGIN ourselves.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT_MS}")
        connection.execute(f"PRAGMA journal_size_limit = {LONGEST_LOG}")
        connection.execute("PRAGMA temp_store = MEMORY")
        # SQLite's own function handles only ASCII: a search for 'élan' would not find 'Élan'.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get(WRITE, True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def is_pooled(url: URL) -> bool:
    """Tell whether a pooler assigns a server connection for one transaction at a time."""
    return url.query.get(POOLER) == TRANSACTION


def plain(url: URL) -> URL:
    """Return the address in the driver's form, without our own option."""
    return url.set(drivername="postgresql+psycopg").difference_update_query([POOLER])


def postgres_engine(url: str) -> Engine:
    given = make_url(url)
    pooled = is_pooled(given)
    engine = create_engine(
        plain(given),
        # We issue BEGIN ourselves, as on SQLite.
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
        # Directly by libpq: this comes before every transaction, so it should cost no more than a
        # round trip.
        if driver.pgconn.exec_(begin).status != COMMAND_OK:
            raise DisconnectionError("the server is gone")

    return engine


def _beginning(write: bool | None, server_version: int) -> bytes:
    """Return the SQL that begins a transaction.

    `write=None` is for a transaction that may take long, such as a migration.
    """
    if write is False:
        return _BEGIN_READING
    if write is None:
        return _BEGIN
    if server_version < _LIMITS_TRANSACTIONS:
        return _BEGIN_WRITING
    return b"%s; SET LOCAL transaction_timeout = %d" % (_BEGIN_WRITING, ABANDONED_MS)
