"""What a service works with between BEGIN and COMMIT."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Executable, RowMapping, insert
from sqlalchemy import Table as CoreTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm.attributes import manager_of_class
from sqlmodel import SQLModel
from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row")
Table = type[SQLModel]
InsertOrUpdate = sqlite.Insert | postgresql.Insert
_COUNTED = {"preserve_rowcount": True}


def core(table: Table) -> CoreTable:
    """Return the Core table: a statement on the class would go through the ORM's compiler."""
    found: CoreTable = table.__table__  # type: ignore[attr-defined]
    return found


@cache
def _insert(table: Table) -> Executable:
    # Built once: building and hashing a statement anew takes longer than running it.
    return insert(core(table))


def insert_or(dialect: str, table: Table) -> InsertOrUpdate:
    """Return an INSERT to which ON CONFLICT can be added."""
    return sqlite.insert(core(table)) if dialect == "sqlite" else postgresql.insert(core(table))


@cache
def _insert_new(dialect: str, table: Table) -> Executable:
    return insert_or(dialect, table).on_conflict_do_nothing()


class Transaction:
    """What a service works with. Hot writes are Core inserts; cold reads are SQLModel rows."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        self.has_one_writer = self.dialect == "sqlite"
        self.wakes_relay = False

    def execute(
        self,
        statement: Executable,
        rows: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]:
        """Run one Core statement, with the values of its parameters or a list of rows."""
        return self.connection.execute(statement, rows)

    def insert(self, table: type[SQLModel], *rows: Mapping[str, Any]) -> None:
        """Add rows by Core: 1.7 times the cost of raw SQL, where objects take 4.9 times."""
        if rows:
            self.connection.execute(_insert(table), rows)

    def insert_new(self, table: type[SQLModel], *rows: Mapping[str, Any]) -> int:
        """Add the rows that break no unique key and return how many those were."""
        return self.added(_insert_new(self.dialect, table), rows)

    def added(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run an INSERT that may leave rows out, and return how many it added."""
        if not rows:
            return 0
        # A list of rows, not one VALUES for all: that would be compiled anew for each number.
        # Without the option, a list that goes to PostgreSQL counts as -1.
        return self.connection.execute(statement, rows, execution_options=_COUNTED).rowcount

    def changed(self, statement: Executable, values: Mapping[str, Any] | None = None) -> int:
        """Run an update or delete and return how many rows it changed: the end of every race."""
        return self.connection.execute(statement, values).rowcount

    def all(self, query: SelectOfScalar[Row]) -> list[Row]:
        """Return rows as objects, for reading only; nothing is ever written through them."""
        found = self.connection.execute(query).mappings()
        return [_object(query, row) for row in found]

    def first(self, query: SelectOfScalar[Row]) -> Row | None:
        return self.one(query.limit(1))

    def one(self, query: SelectOfScalar[Row], **values: Any) -> Row | None:
        """Return the row that a unique key names, by a query that was built once."""
        row = self.connection.execute(query, values).mappings().first()
        return None if row is None else _object(query, row)


def _object(query: SelectOfScalar[Row], row: RowMapping) -> Row:
    """Return a row as an object of its table, as it is now, whatever was read before.

    By hand, not by a session: that takes three times as long, and keeps what it has read.
    """
    entity = query.column_descriptions[0]["entity"]
    instance = manager_of_class(entity).new_instance()
    instance.__dict__.update(row)
    return cast(Row, instance)
