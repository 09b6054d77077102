"""Runs several transactions as parts of one that commits for all, when SQLite's writer is busy."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.domain.act import Act
from bot.domain.errors import StoreUnavailable
from bot.store import idempotency
from bot.store.sql.causes import LOOK_AT_THE_SERVER
from bot.store.transaction import Transaction

Ended = tuple[Any, BaseException | None]
"""A call's result and None, or None and its exception."""


class SharedCommits:
    """An open SQLite transaction. Its parts are savepoints, one after another."""

    connection: Connection

    def __init__(self) -> None:
        self.ended: list[Ended] = []
        self.complete = False
        """Every call has ended, and only the commit is left."""
        self.keyed: Act | None = None
        """An act whose key was taken: the key shows whether the commit took effect."""
        self.wakes_relay = False

    def run(self, connection: Connection, calls: Sequence[Callable[[], Any]]) -> None:
        """Run the calls; raises StoreUnavailable if the database has undone all of them."""
        self.connection = connection
        for call in calls:
            try:
                self.ended.append((call(), None))
            except BaseException as error:  # noqa: BLE001 - handed to the caller
                self.ended.append((None, error))
            if not self._is_open():
                # The disk is full or broken, and SQLite has rolled back everything.
                raise StoreUnavailable("The database has undone a transaction.", LOOK_AT_THE_SERVER)
        self.complete = True

    @contextmanager
    def part(self, act: Act | None) -> Iterator[Transaction]:
        """Run one transaction as a part: all of it or nothing, whatever the other parts do."""
        tx = Transaction(self.connection)
        tx.on_driver("SAVEPOINT part", [()])
        try:
            if act is not None:
                idempotency.take(tx, act)
            yield tx
            tx.put_waiting()
        except BaseException:  # Every error, raised again: no half of this part may be committed.
            self._undo(tx)
            raise
        tx.on_driver("RELEASE part", [()])
        self.wakes_relay = self.wakes_relay or tx.wakes_relay
        if act is not None and act.key is not None:
            self.keyed = act

    def _undo(self, tx: Transaction) -> None:
        if not self._is_open():
            return
        try:
            tx.on_driver("ROLLBACK TO part", [()])
            tx.on_driver("RELEASE part", [()])
        except DBAPIError:
            # This part cannot be undone alone, and must not be committed with the others.
            self.connection.connection.rollback()

    def _is_open(self) -> bool:
        driver: Any = self.connection.connection.driver_connection
        open_: bool = driver.in_transaction
        return open_
