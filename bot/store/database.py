"""Connections and transactions. To all code above, SQLite and PostgreSQL behave alike."""

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

# Seconds to wait before each look for a commit that got no answer. Few, because a person waits.
_ASK_AGAIN = (0.0, 0.1, 0.2, 0.4)


class Database:
    """The store of one deployment, shared by its replicas."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.is_pooled = not self.is_sqlite and engines.is_pooled(self.url)
        self.file = SQLiteFile(self.url.database or "") if self.is_sqlite else None
        self.engine = (
            engines.sqlite_engine(url, self.file) if self.file else engines.postgres_engine(url)
        )
        self.takes_nothing = False
        """A write failed for lack of room or of the right to write. `look_for_room` tries again."""
        self.is_nearly_full = False
        """The disk under a SQLite file has little room. `is_nearly_full` checks it."""
        self.is_damaged = False
        """The database has reported damage. `look_for_damage` checks a SQLite file again."""
        self._wake: Callable[[], object] | None = None
        self._failed: Callable[[StoreUnavailable], None] | None = None
        self._here = threading.local()

    def on_new_delivery(self, wake: Callable[[], object]) -> None:
        """Call `wake` (from the committing thread) after a commit that added messages to send."""
        self._wake = wake

    def on_failure(self, failed: Callable[[StoreUnavailable], None]) -> None:
        """Call `failed` (from any thread) when the database does not answer or cannot store."""
        self._failed = failed

    @contextmanager
    def transaction(self, act: Act | None = None) -> Iterator[Transaction]:
        """Commit everything that happens inside, or nothing.

        If the `act` has a key, the same transaction takes it: a second request with this key
        raises AlreadyHandled and changes nothing. If a COMMIT gets no answer, the key shows
        whether it took effect.
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
        """Tell by the act's key whether a commit without an answer took effect.

        On PostgreSQL, this takes a free key, so that the first commit can never take effect later.
        If that commit is still under way in the server, the unique key makes this one wait. Raises
        AlreadyHandled if another attempt at the same request was stored instead. SQLite has no
        server, so a look is enough, and works on a full disk too. Raises PerhapsStored if the
        database does not answer.
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
        """Run calls that write; each of their transactions is a part of one that commits for all.

        If a call fails, only its own part is undone. Nothing is committed until all have ended. If
        the commit fails, no call has had any effect, and each ends with that error.
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
        """Return the error for all calls if the common commit failed; None if it took effect.

        There is one COMMIT, so one call's key shows what became of all of them.
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
        """Read from one consistent snapshot; writes nothing."""
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
                # If the file was taken away during the commit, its content is lost.
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
        """Raise StoreUnavailable for an outage; let the errors of a wrong statement through."""
        try:
            yield
        except IntegrityError:
            raise
        except (DBAPIError, PoolTimeout) as error:
            if isinstance(error, DBAPIError) and not _is_outage(error):
                raise
            self.takes_nothing = self.takes_nothing or _takes_nothing(error)
            self.is_damaged = self.is_damaged or _is_damage(error)
            # Not kept in a variable: its traceback would refer to it, and only the garbage
            # collector would free it.
            raise self._told(StoreUnavailable(*cause_of(error, self.url))) from error

    def _begun(self, *, write: bool) -> tuple[Connection, RootTransaction]:
        """Begin a transaction on a connection that works.

        If a pooled connection has died since its last use, BEGIN fails before any other statement,
        so nothing is lost. After trying the whole pool at most, this opens a new connection.
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
    """Free the act's key for another attempt; False if this attempt is stored."""
    try:
        idempotency.take(tx, act, idempotency.NOT_STORED)
    except AlreadyHandled:
        if idempotency.stands(tx, act):
            return False
        raise
    return True


@contextmanager
def _another_server_next(connection: Connection) -> Iterator[None]:
    """Give up a connection that is read-only: the next one may lead to another server.

    After a failover, an open connection still leads to the old primary, and would for good. Also,
    whether a session may write is settled when it begins.
    """
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.ReadOnlySqlTransaction):
            connection.invalidate(error)
        raise


# Error classes: connection, rollback (a deadlock), prerequisite, resources, operator, system.
_OUTAGE_CODES = ("08", "40", "55", "53", "57", "58")
_READ_ONLY = "25006"
_NO_RIGHT_CODES = (_READ_ONLY, "42501")
_NO_ROOM_CODES = ("53100", "58", _READ_ONLY)
_NO_ROOM_WORDS = ("full", "disk i/o", "readonly")
_DAMAGE_CODES = ("XX001", "XX002")
_DAMAGE_WORDS = ("malformed", "not a database")
_OUTAGE_WORDS = (*_NO_ROOM_WORDS, *_DAMAGE_WORDS, "locked", "unable to open", "busy")


def _is_outage(error: DBAPIError) -> bool:
    """Tell whether the database is away, locked, full, damaged or not migrated; False if the
    statement is wrong."""
    if error.connection_invalidated or is_unmigrated(error.orig):
        return True
    if isinstance(error.orig, sqlite3.DatabaseError):
        return _says(error.orig, _OUTAGE_WORDS)
    if isinstance(error.orig, psycopg.OperationalError):
        # No code means that no server answered (refused, timed out, gone).
        code = error.orig.sqlstate
        return code is None or code.startswith(_OUTAGE_CODES)
    codes = (*_NO_RIGHT_CODES, *_DAMAGE_CODES)
    return isinstance(error.orig, psycopg.Error) and error.orig.sqlstate in codes


def _takes_nothing(error: DBAPIError | PoolTimeout) -> bool:
    """Tell whether the database answers, but has no room or is read-only."""
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
