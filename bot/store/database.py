"""Connections and transactions. SQLite and PostgreSQL behave alike to everything above."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, RootTransaction, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.domain.act import Act
from bot.domain.errors import AlreadyHandled, PerhapsStored, StoreUnavailable
from bot.store import inbound
from bot.store.common import Common, Ended
from bot.store.transaction import Transaction

_WRITE = "tocsin_write"
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
COMMAND_OK = psycopg.pq.ExecStatus.COMMAND_OK
# Seconds before each question about a commit that got no answer; a person waits meanwhile.
_ASK_AGAIN = (0.0, 0.1, 0.2, 0.4)
POOL_SIZE = 16


class Database:
    """The store of one deployment, as replicas share it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._wake: Callable[[], object] | None = None
        self._failed: Callable[[], None] | None = None
        self._here = threading.local()

    def on_new_delivery(self, wake: Callable[[], object]) -> None:
        """Call `wake` (from the committing thread) after a commit that left something to send."""
        self._wake = wake

    def on_failure(self, failed: Callable[[], None]) -> None:
        """Call `failed` each time that the database does not answer or cannot store."""
        self._failed = failed

    @contextmanager
    def transaction(self, act: Act | None = None) -> Iterator[Transaction]:
        """Commit everything that happens inside, or nothing.

        With an `act` that has a key, the key is taken in the same transaction: a second one
        raises AlreadyHandled and changes nothing. A COMMIT that got no answer is found out about.
        """
        if (common := self._common) is not None:
            with self._outages(), common.part(act) as tx:
                yield tx
            return
        committing = False
        try:
            with self._connection(write=True) as connection:
                tx = Transaction(connection)
                if act is not None:
                    inbound.take(tx, act)
                yield tx
                tx.put_waiting()
                committing = True
        except StoreUnavailable:
            if not committing or act is None or act.key is None or not self._was_stored(act):
                raise
        if tx.wakes_relay and self._wake is not None:
            self._wake()

    def _was_stored(self, act: Act) -> bool:
        """Tell whether a commit without an answer took effect: its key is there, or free to take.

        Whoever takes it now makes sure that the first one never does: a commit that is still
        under way in the server is waited for by the unique key. Raises AlreadyHandled where it
        did not and another attempt at the same request did. SQLite has no server, and on a full
        disk it can still be read.
        """
        for pause in _ASK_AGAIN:
            time.sleep(pause)
            try:
                if self.is_sqlite:
                    with self.reading() as tx:
                        return inbound.stands(tx, act)
                with self._connection(write=True) as connection:
                    return not _given_up(Transaction(connection), act)
            except StoreUnavailable:
                continue
        raise PerhapsStored

    def together(self, calls: Sequence[Callable[[], Any]]) -> list[Ended]:
        """Run calls that write, each transaction of theirs a part of one that commits for all.

        A call that fails is undone alone. Nothing stands before this returns; where the commit
        fails, none of them has had any effect, and each is told so.
        """
        common = Common()
        try:
            with self._connection(write=True) as connection:
                self._here.common = common
                try:
                    common.run(connection, calls)
                finally:
                    self._here.common = None
        except StoreUnavailable as lost:
            error = self._became_of(common, lost)
            if error is not None:
                return [(None, error) for _ in calls]
        if common.wakes_relay and self._wake is not None:
            self._wake()
        return common.ended

    def _became_of(self, common: Common, lost: StoreUnavailable) -> StoreUnavailable | None:
        """What all are told when there was no common commit, or no answer to it; None: it stands.

        One COMMIT for all: what became of one became of the others.
        """
        try:
            if common.complete and common.keyed is not None and self._was_stored(common.keyed):
                return None
        except PerhapsStored as unknown:
            return unknown
        return lost

    @property
    def _common(self) -> Common | None:
        common: Common | None = getattr(self._here, "common", None)
        return common

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A consistent look at the data; nothing is written."""
        if (common := self._common) is not None:
            with self._outages():
                yield Transaction(common.connection)
            return
        with self._connection(write=False) as connection:
            yield Transaction(connection)

    @contextmanager
    def _connection(self, *, write: bool) -> Iterator[Connection]:
        with self._outages():
            connection, transaction = self._begun(write=write)
            with connection, transaction:
                yield connection

    @contextmanager
    def _outages(self) -> Iterator[None]:
        """Tell an outage from what is wrong with a statement."""
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, PoolTimeout) as error:
            if isinstance(error, DBAPIError) and not _is_outage(error):
                raise
            if self._failed is not None:
                self._failed()
            raise StoreUnavailable("the database does not answer or cannot store more") from error

    def _begun(self, *, write: bool) -> tuple[Connection, RootTransaction]:
        """Begin on a connection that lives.

        One that has died since it was last used is found out by BEGIN, before anything was asked
        of it, and costs nobody anything: after at most all of them, one is made anew.
        """
        for _ in range(POOL_SIZE + 1):
            connection = self.engine.connect().execution_options(**{_WRITE: write})
            try:
                return connection, connection.begin()
            except DisconnectionError:
                connection.invalidate()
                connection.close()
            except BaseException:
                connection.close()
                raise
        raise StoreUnavailable("the database ends every connection")

    def close(self) -> None:
        self.engine.dispose()


def _given_up(tx: Transaction, act: Act) -> bool:
    """Free the act's key for another attempt; False where this one is stored."""
    try:
        inbound.take(tx, act, inbound.NOT_STORED)
    except AlreadyHandled:
        if inbound.stands(tx, act):
            return False
        raise
    return True


# Connection, rollback (a deadlock), prerequisite, resources, operator, system.
_OUTAGE_CODES = ("08", "40", "55", "53", "57", "58")
_READ_ONLY = "25006"
_OUTAGE_WORDS = ("locked", "full", "disk", "unable to open", "readonly", "i/o", "busy")


def _is_outage(error: DBAPIError) -> bool:
    """Tell a database that is away, locked or full from a statement that is wrong."""
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.OperationalError):
        return any(word in str(error.orig).lower() for word in _OUTAGE_WORDS)
    if isinstance(error.orig, psycopg.OperationalError):
        # No code: there was no server to give one (refused, timed out, gone).
        code = error.orig.sqlstate
        return code is None or code.startswith(_OUTAGE_CODES)
    return isinstance(error.orig, psycopg.Error) and error.orig.sqlstate == _READ_ONLY


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
    )

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
        write = connection.get_execution_options().get(_WRITE, True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _postgres_engine(url: str) -> Engine:
    driver = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        driver,
        # BEGIN is ours, as on SQLite.
        isolation_level="AUTOCOMMIT",
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "tocsin",
            # Moments come back as they are kept: another zone would be computed for each of them.
            "options": f"-c timezone=UTC -c lock_timeout={LONGEST_WAIT_MS} "
            f"-c idle_in_transaction_session_timeout={ABANDONED_MS}",
        },
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT":
            return
        begin = _beginning(options.get(_WRITE), driver.pgconn.server_version)
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
