"""Statements that run at every request: compiled once, then given straight to the driver.

SQLAlchemy writes them. Running them through it as well costs three times what the driver takes:
a cache key, a context and a result object for each, whatever the statement (docs/performance.md).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Dialect,
    Executable,
    SQLColumnExpression,
    String,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_Convert = Callable[[Any], Any] | None


def one_of(dialect: str, column: SQLColumnExpression[str], name: str) -> ColumnElement[bool]:
    """`IN` with a list as one value: the text stays the same, however long the list is."""
    if dialect == "sqlite":
        listed = func.json_each(bindparam(name, type_=JSON())).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(bindparam(name, type_=postgresql.ARRAY(String())))


@dataclass(frozen=True, slots=True)
class Compiled:
    """The words for one driver, how it wants each value, and how each column comes back."""

    sql: str
    takes: tuple[tuple[str, _Convert], ...]
    fixed: Mapping[str, Any]
    by_position: bool
    columns: tuple[tuple[str, _Convert], ...]

    def values(self, row: Mapping[str, Any]) -> Any:
        """Return a row's values as the driver takes them."""
        given = {**self.fixed, **row} if self.fixed else row
        if self.by_position:
            return [
                convert(given[name]) if convert else given[name] for name, convert in self.takes
            ]
        return {
            name: convert(given[name]) if convert else given[name] for name, convert in self.takes
        }

    def read(self, row: Sequence[Any]) -> dict[str, Any]:
        """Return a row of the answer by the names of its columns."""
        return {
            name: convert(value) if convert else value
            for (name, convert), value in zip(self.columns, row, strict=True)
        }


class Prepared:
    """A Core statement whose text serves every call: a list in it is `one_of`, never `IN`.

    An INSERT is compiled for the columns that its rows have.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], Compiled] = {}

    def compiled(self, dialect: Dialect, columns: tuple[str, ...] = ()) -> Compiled:
        key = (dialect.name, columns)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _compile(self._statement, dialect, columns)
        return found


def _compile(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> Compiled:
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=columns or None)
    types = {name: bind.type for name, bind in compiled.binds.items()}
    names = compiled.positiontup if compiled.positional else list(compiled.params)
    return Compiled(
        sql=str(compiled),
        takes=tuple((name, _to_driver(types[name], dialect)) for name in names or ()),
        fixed={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        by_position=bool(compiled.positional),
        columns=tuple(
            (column.name, _from_driver(column.type, dialect))
            for column in getattr(statement, "exported_columns", ())
        ),
    )


def _to_driver(type_: TypeEngine[Any], dialect: Dialect) -> _Convert:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(type_: TypeEngine[Any], dialect: Dialect) -> _Convert:
    return type_.dialect_impl(dialect).result_processor(dialect, None)
