"""A transaction, as services use it between BEGIN and COMMIT."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import psycopg
from sqlalchemy import CursorResult, Executable, insert
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import manager_of_class
from sqlmodel import SQLModel
from sqlmodel.sql.expression import SelectOfScalar

from bot.store.sql.prepared import CompiledStatement, Prepared, ToCome, WaitingWrite, together

Row = TypeVar("Row")
Table = type[SQLModel]
InsertOrUpdate = sqlite.Insert | postgresql.Insert


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to add. The store makes it, so that each column's value has the right type."""

    table: Table
    values: Mapping[str, Any]


def core(table: Table) -> CoreTable:
    """Return the Core table, because statements on the class go through the ORM's compiler."""
    found: CoreTable = table.__table__  # type: ignore[attr-defined]
    return found


@cache
def _insert(table: Table) -> Prepared:
    return Prepared(insert(core(table)))


def inserted(table: Table) -> Prepared:
    """Return the INSERT for a table's rows, for `put_given`."""
    return _insert(table)


def insert_or(dialect: str, table: Table) -> InsertOrUpdate:
    """Return an INSERT that can take an ON CONFLICT clause."""
    return sqlite.insert(core(table)) if dialect == "sqlite" else postgresql.insert(core(table))


@cache
def _insert_new(dialect: str, table: Table) -> Prepared:
    return Prepared(insert_or(dialect, table).on_conflict_do_nothing())


class Transaction:
    """Runs statements in one transaction. Hot writes are Core inserts; cold reads give SQLModel
    rows."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        self.has_one_writer = self.dialect == "sqlite"
        self.wakes_relay = False
        self._cursor: DBAPICursor | None = None
        self._waiting: dict[Prepared, tuple[WaitingWrite, Sequence[Mapping[str, Any]]]] = {}
        self._answering: ToCome | None = None

    def execute(
        self,
        statement: Executable,
        rows: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]:
        """Run one Core statement, with the values of its parameters or a list of rows."""
        self.put_waiting()
        return self.connection.execute(statement, rows)

    def insert(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Add rows, all with the same columns. On PostgreSQL, errors appear at the next query."""
        self.put(_insert(table), rows)

    def put(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run an INSERT when the caller need not know how many rows were new.

        On PostgreSQL it waits until the next query or the commit, so that all waiting INSERTs take
        one round trip. They keep their order.
        """
        if not rows:
            return
        if self.has_one_writer:
            self.run(statement, rows)
            return
        self._wait(WaitingWrite(statement, tuple(rows[0])), rows)

    def _wait(self, waiting: WaitingWrite, rows: Sequence[Mapping[str, Any]]) -> None:
        if waiting.put in self._waiting:
            self.put_waiting()
        self._waiting[waiting.put] = waiting, rows

    def put_asking(self, statement: Prepared, row: Mapping[str, Any]) -> ToCome:
        """Put an INSERT that returns one value, known once all waiting INSERTs have run.

        If the rows that need the value follow by `put_given`, the INSERT's locks last only for one
        statement and the commit.
        """
        if self.has_one_writer:
            return ToCome(answer=self.listed(statement, **row)[0][0])
        if self._answering is not None:
            self.put_waiting()
        self._wait(WaitingWrite(statement, tuple(row)), [row])
        self._answering = ToCome()
        return self._answering

    def put_given(self, statement: Prepared, row: Mapping[str, Any], **held: ToCome) -> None:
        """Put a row some of whose values are still to come: `held`, by the names of the columns."""
        if statement in self._waiting:
            self.put_waiting()
        if all(each.value is not None for each in held.values()):
            self.put(statement, [{**row, **{name: each.value for name, each in held.items()}}])
            return
        to_come = tuple((name, each.text) for name, each in held.items())
        self._wait(WaitingWrite(statement, (*row, *held), to_come), [row])

    def put_waiting(self) -> None:
        """Run the waiting INSERTs. Called before every other statement, and before the commit."""
        if not self._waiting:
            return
        waits, rows = zip(*self._waiting.values(), strict=True)
        asked, self._waiting, self._answering = self._answering, {}, None
        if len(waits) == 1 and asked is None:
            self.run(waits[0].put, rows[0])
            return
        whole = together(self.connection.dialect, waits)
        given = {f"rows{place}": each for place, each in enumerate(rows)}
        cursor = self.on_driver(whole.sql, [whole.values(given)])
        if asked is not None:
            ((_, asked.answer),) = whole.listed(cursor.fetchall())

    def insert_new(self, table: Table, *rows: Mapping[str, Any]) -> int:
        """Add the rows that break no unique key; return how many there were."""
        return self.run(_insert_new(self.dialect, table), rows)

    def put_new(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Add the rows that break no unique key."""
        self.put(_insert_new(self.dialect, table), rows)

    def run(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run a hot statement once for each row; return how many rows it changed in all."""
        if not rows:
            return 0
        self.put_waiting()
        compiled = statement.compiled(self.connection.dialect, tuple(rows[0]))
        values = [compiled.values(row) for row in rows]
        return self.on_driver(compiled.sql, values).rowcount

    def read(self, statement: Prepared, **values: Any) -> list[dict[str, Any]]:
        """Run a hot statement; return its rows by column names."""
        compiled = statement.compiled(self.connection.dialect)
        return compiled.read(self._asked(compiled, values))

    def listed(self, statement: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """Run a hot statement; return each row as a tuple. Faster if many rows become objects."""
        compiled = statement.compiled(self.connection.dialect)
        return compiled.listed(self._asked(compiled, values))

    def _asked(self, compiled: CompiledStatement, values: Mapping[str, Any]) -> Sequence[Any]:
        self.put_waiting()
        return self.on_driver(compiled.sql, [compiled.values(values)]).fetchall()

    def on_driver(self, sql: str, values: Sequence[Any]) -> DBAPICursor:
        """Run SQL on the driver. Raises SQLAlchemy's errors, also for a lost connection."""
        connection = self.connection
        try:
            if self._cursor is None:
                self._cursor = self.cursor()
            if len(values) == 1:
                self._cursor.execute(sql, values[0])
            else:
                self._cursor.executemany(sql, values)
        except connection.dialect.loaded_dbapi.Error as error:
            dialect, driver = connection.dialect, connection.connection.dbapi_connection
            lost = dialect.is_disconnect(error, driver, self._cursor)
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                sql,
                None,
                error,
                dialect.loaded_dbapi.Error,
                connection_invalidated=lost,
                dialect=dialect,
            ) from error
        return self._cursor

    def cursor(self) -> Any:
        """Return a driver's cursor that takes the SQL of `Prepared`."""
        pooled = self.connection.connection
        if self.has_one_writer:
            return pooled.cursor()
        driver = pooled.driver_connection
        assert isinstance(driver, psycopg.Connection)
        return psycopg.RawCursor(driver)

    def changed(self, statement: Executable, values: Mapping[str, Any] | None = None) -> int:
        """Run an update or delete; return how many rows it changed. The count ends every race."""
        return self.execute(statement, values).rowcount

    def all(self, query: SelectOfScalar[Row]) -> list[Row]:
        """Return rows as objects, for reading only: a change to one is never stored."""
        entity = _entity(query)
        return [as_object(entity, dict(row)) for row in self.execute(query).mappings()]

    def first(self, query: SelectOfScalar[Row]) -> Row | None:
        return next(iter(self.all(query.limit(1))), None)

    def every(self, table: type[Row], query: Prepared, **values: Any) -> list[Row]:
        """Return a table's rows as objects, by a prepared query."""
        return [as_object(table, row) for row in self.read(query, **values)]

    def one(self, table: type[Row], query: Prepared, **values: Any) -> Row | None:
        """Return the row that a prepared query finds by a unique key, or None."""
        return next(iter(self.every(table, query, **values)), None)


def _entity(query: SelectOfScalar[Row]) -> type[Row]:
    entity: type[Row] = query.column_descriptions[0]["entity"]
    return entity


def as_object(entity: type[Row], row: Mapping[str, Any]) -> Row:
    """Return a row as an object of its table, with the values just read.

    Not by a session: a session takes three times as long, and returns objects that it read before.
    Not by SQLModel's constructor: one object takes as long as five statements.
    """
    instance = manager_of_class(entity).new_instance()
    instance.__dict__.update(row)
    return instance
