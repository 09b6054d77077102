"""Connections and transactions. SQLite and PostgreSQL behave alike to everything above."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy.engine import Connection, RootTransaction, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.domain.act import Act
from bot.domain.errors import AlreadyHandled, HistoryGone, PerhapsStored, StoreUnavailable
from bot.store import idempotency
from bot.store.sql import engines
from bot.store.sql.causes import LOOK_AT_THE_SERVER, UNUSABLE, cause_of, is_unmigrated
from bot.store.sql.shared_commits import Ended, SharedCommits
from bot.store.sql.sqlite_file import SQLiteFile
from bot.store.transaction import Transaction

# Seconds before each question about a commit that got no answer; a person waits meanwhile.
_ASK_AGAIN = (0.0, 0.1, 0.2, 0.4)


class Database:
    """The store of one deployment, as replicas share it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.is_pooled = not self.is_sqlite and engines.is_pooled(self.url)
        self.file = SQLiteFile(self.url.database or "") if self.is_sqlite else None
        self.engine = (
            engines.sqlite_engine(url, self.file) if self.file else engines.postgres_engine(url)
        )
        self.takes_nothing = False
        """It found no room, or no right to write, for something. `look_for_room` tries."""
        self.is_nearly_full = False
        """The disk under a SQLite file has little room. `is_nearly_full` looks."""
        self.is_damaged = False
        """SQLite found a part of the file that it cannot read. `look_for_damage` tries."""
        self._wake: Callable[[], object] | None = None
        self._failed: Callable[[StoreUnavailable], None] | None = None
        self._here = threading.local()

    def on_new_delivery(self, wake: Callable[[], object]) -> None:
        """Call `wake` (from the committing thread) after a commit that left something to send."""
        self._wake = wake

    def on_failure(self, failed: Callable[[StoreUnavailable], None]) -> None:
        """Call `failed` (from any thread) each time that the database does not answer or cannot
        store."""
        self._failed = failed

    @contextmanager
    def transaction(self, act: Act | None = None) -> Iterator[Transaction]:
        """Commit everything that happens inside, or nothing.

        With an `act` that has a key, the key is taken in the same transaction: a second one
        raises AlreadyHandled and changes nothing. A COMMIT that got no answer is found out about.
        """
        if (common := self._common) is not None:
            with self.outages(), common.part(act) as tx:
                yield tx
            return
        committing = False
        try:
            with self._connection(write=True) as connection:
                tx = Transaction(connection)
                if act is not None:
                    idempotency.take(tx, act)
                yield tx
                tx.put_waiting()
                committing = True
        except HistoryGone:
            raise
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
                        return idempotency.stands(tx, act)
                with self._connection(write=True) as connection:
                    return not _given_up(Transaction(connection), act)
            except StoreUnavailable:
                continue
        raise PerhapsStored(*UNUSABLE)

    def together(self, calls: Sequence[Callable[[], Any]]) -> list[Ended]:
        """Run calls that write, each transaction of theirs a part of one that commits for all.

        A call that fails is undone alone. Nothing stands before this returns; where the commit
        fails, none of them has had any effect, and each is told so.
        """
        common = SharedCommits()
        try:
            with self._connection(write=True) as connection:
                self._here.common = common
                try:
                    common.run(connection, calls)
                finally:
                    self._here.common = None
        except HistoryGone as gone:
            return [(None, gone) for _ in calls]
        except StoreUnavailable as lost:
            error = self._became_of(common, lost)
            if error is not None:
                return [(None, error) for _ in calls]
        if common.wakes_relay and self._wake is not None:
            self._wake()
        return common.ended

    def _became_of(self, common: SharedCommits, lost: StoreUnavailable) -> StoreUnavailable | None:
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
    def _common(self) -> SharedCommits | None:
        common: SharedCommits | None = getattr(self._here, "common", None)
        return common

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A consistent look at the data; nothing is written."""
        if (common := self._common) is not None:
            with self.outages():
                yield Transaction(common.connection)
            return
        with self._connection(write=False) as connection:
            yield Transaction(connection)

    @contextmanager
    def _connection(self, *, write: bool) -> Iterator[Connection]:
        with self.outages():
            self._check_file()
            connection, transaction = self._begun(write=write)
            with connection, transaction, _another_server_next(connection):
                yield connection
                if write:
                    self._check_file()
            if write:
                # Whoever took the file away during the commit took along what it stored.
                self._check_file()

    def _check_file(self) -> None:
        if self.file is None:
            return
        try:
            self.file.check()
        except HistoryGone as gone:
            self._told(gone)
            raise

    def _told(self, error: StoreUnavailable) -> StoreUnavailable:
        if self._failed is not None:
            self._failed(error)
        return error

    @contextmanager
    def outages(self) -> Iterator[None]:
        """Tell an outage from what is wrong with a statement; raises StoreUnavailable."""
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, PoolTimeout) as error:
            if isinstance(error, DBAPIError) and not _is_outage(error):
                raise
            self.takes_nothing = self.takes_nothing or _takes_nothing(error)
            self.is_damaged = self.is_damaged or _is_damage(error)
            # Under no name here: an error that its own traceback holds lives until it is collected.
            raise self._told(StoreUnavailable(*cause_of(error, self.url))) from error

    def _begun(self, *, write: bool) -> tuple[Connection, RootTransaction]:
        """Begin on a connection that lives.

        One that has died since it was last used is found out by BEGIN, before anything was asked
        of it, and costs nobody anything: after at most all of them, one is made anew.
        """
        for _ in range(engines.POOL_SIZE + 1):
            connection = self.engine.connect().execution_options(**{engines.WRITE: write})
            with ExitStack() as unused, suppress(DisconnectionError):
                unused.callback(connection.close)
                try:
                    begun = connection.begin()
                except DisconnectionError:
                    connection.invalidate()
                    raise
                unused.pop_all()
                return connection, begun
        why = "The database ends every connection."
        raise self._told(StoreUnavailable(why, LOOK_AT_THE_SERVER))

    def close(self) -> None:
        self.engine.dispose()
        if self.file is not None:
            self.file.close()


def _given_up(tx: Transaction, act: Act) -> bool:
    """Free the act's key for another attempt; False where this one is stored."""
    try:
        idempotency.take(tx, act, idempotency.NOT_STORED)
    except AlreadyHandled:
        if idempotency.stands(tx, act):
            return False
        raise
    return True


@contextmanager
def _another_server_next(connection: Connection) -> Iterator[None]:
    """Give up a connection on which nothing may be stored: the next one may lead elsewhere.

    After a failover it leads to a server that was the first, and would do so for good; and what a
    session may do is settled when it begins.
    """
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.ReadOnlySqlTransaction):
            connection.invalidate(error)
        raise


# Connection, rollback (a deadlock), prerequisite, resources, operator, system.
_OUTAGE_CODES = ("08", "40", "55", "53", "57", "58")
_READ_ONLY = "25006"
_NO_RIGHT_CODES = (_READ_ONLY, "42501")
_NO_ROOM_CODES = ("53100", "58", _READ_ONLY)
_NO_ROOM_WORDS = ("full", "disk i/o", "readonly")
_DAMAGE_CODES = ("XX001", "XX002")
_DAMAGE_WORDS = ("malformed", "not a database")
_OUTAGE_WORDS = (*_NO_ROOM_WORDS, *_DAMAGE_WORDS, "locked", "unable to open", "busy")


def _is_outage(error: DBAPIError) -> bool:
    """Tell a database that is away, locked, full, damaged or not migrated from a statement that is
    wrong."""
    if error.connection_invalidated or is_unmigrated(error.orig):
        return True
    if isinstance(error.orig, sqlite3.DatabaseError):
        return _says(error.orig, _OUTAGE_WORDS)
    if isinstance(error.orig, psycopg.OperationalError):
        # No code: there was no server to give one (refused, timed out, gone).
        code = error.orig.sqlstate
        return code is None or code.startswith(_OUTAGE_CODES)
    codes = (*_NO_RIGHT_CODES, *_DAMAGE_CODES)
    return isinstance(error.orig, psycopg.Error) and error.orig.sqlstate in codes


def _takes_nothing(error: DBAPIError | PoolTimeout) -> bool:
    """Tell whether the database is there, and has no room or may only be read."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.DatabaseError):
        return _says(cause, _NO_ROOM_WORDS)
    return isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith(_NO_ROOM_CODES)


def _is_damage(error: DBAPIError | PoolTimeout) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.DatabaseError):
        return _says(cause, _DAMAGE_WORDS)
    return isinstance(cause, psycopg.Error) and cause.sqlstate in _DAMAGE_CODES


def _says(error: sqlite3.DatabaseError, words: Sequence[str]) -> bool:
    return any(word in str(error).lower() for word in words)
