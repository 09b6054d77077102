"""Compiles the statements of every request once, then passes them straight to the driver.

SQLAlchemy writes them. Running them through SQLAlchemy too costs three times the driver's own
time: a cache key, a context and a result object for each statement (docs/performance.md).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    JSON,
    ColumnElement,
    Dialect,
    Executable,
    SQLColumnExpression,
    String,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_Convert = Callable[[Any], Any] | None


def one_of(dialect: str, column: SQLColumnExpression[str], name: str) -> ColumnElement[bool]:
    """Return an `IN` with a list as one value: its SQL is the same for lists of any length."""
    if dialect == "sqlite":
        listed = func.json_each(bindparam(name, type_=JSON())).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(bindparam(name, type_=postgresql.ARRAY(String())))


def one_of_these(column: SQLColumnExpression[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Return an `IN` with the values as part of the SQL."""
    return or_(*(column == value for value in values))


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """The SQL for one driver, and how to convert each value and each returned column."""

    sql: str
    takes: tuple[tuple[str, _Convert], ...]
    fixed: Mapping[str, Any]
    names: tuple[str, ...]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]
    """The returned columns that need a conversion, by place."""

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """Return a row's values in the driver's form and order."""
        given = {**self.fixed, **row} if self.fixed else row
        return [convert(given[name]) if convert else given[name] for name, convert in self.takes]

    def read(self, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """Return rows by the names of their columns."""
        return [dict(zip(self.names, row, strict=True)) for row in self.listed(rows)]

    def listed(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Return rows as tuples, each in the order of its columns.

        This converts column by column: row by row takes three times as long.
        """
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, convert in self.converted if columns else ():
            columns[place] = map(convert, columns[place])
        return list(zip(*columns, strict=True))


@dataclass(slots=True, eq=False)
class ToCome:
    """The value that a waiting INSERT will return. Rows that follow it can already use it."""

    text: str = ""
    """Text before the value."""
    of: "ToCome | None" = None
    answer: Any = None

    def behind(self, text: str) -> "ToCome":
        return ToCome(text, self)

    @property
    def value(self) -> Any:
        """Return the value, or None until the INSERT has run."""
        if self.of is None or self.of.answer is None:
            return self.answer
        return f"{self.text}{self.of.answer}"


class WaitingWrite(NamedTuple):
    """An INSERT that waits: its columns, and those whose value is to come, with the text before."""

    put: "Prepared"
    columns: tuple[str, ...]
    to_come: tuple[tuple[str, str], ...] = ()


class Prepared:
    """A Core statement whose SQL is the same at every call: lists use `one_of`, never `IN`.

    An INSERT is compiled for the columns that its rows have.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement: Any = statement
        self._compiled: dict[tuple[str, tuple[str, ...]], CompiledStatement] = {}

    def compiled(self, dialect: Dialect, columns: tuple[str, ...] = ()) -> CompiledStatement:
        key = (dialect.name, columns)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _compile(self.statement, dialect, columns)
        return found


_NUMBERED = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""Uses the server's own placeholders, `$1`. With named ones, psycopg would parse the SQL each
time."""


def _compile(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> CompiledStatement:
    dialect = dialect if dialect.name == "sqlite" else _NUMBERED
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=columns or None)
    asked = compiled.positiontup
    answer = list(getattr(statement, "exported_columns", ()))
    converts = [_from_driver(each.type, dialect) for each in answer]
    return CompiledStatement(
        sql=str(compiled),
        takes=tuple((name, _to_driver(compiled.binds[name].type, dialect)) for name in asked or ()),
        fixed={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        names=tuple(each.name for each in answer),
        converted=tuple((place, convert) for place, convert in enumerate(converts) if convert),
    )


def _to_driver(type_: TypeEngine[Any], dialect: Dialect) -> _Convert:
    if isinstance(type_, Rows):
        return _as_json
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(type_: TypeEngine[Any], dialect: Dialect) -> _Convert:
    convert = type_.dialect_impl(dialect).result_processor(dialect, None)
    if convert is None or not isinstance(type_, JSON):
        return convert
    # A shortcut: most messages have no arguments beyond their kind and ids.
    return lambda text: {} if text == "{}" else convert(text)


# Several INSERTs as one PostgreSQL statement


class Rows(JSON):
    """All rows of one INSERT as one value."""


_TOGETHER: dict[tuple[WaitingWrite, ...], CompiledStatement] = {}


def together(dialect: Dialect, puts: tuple[WaitingWrite, ...]) -> CompiledStatement:
    """Return one statement for several INSERTs; it takes the rows of each as `rows0`, `rows1` …

    It returns how many rows the last INSERT added, and the value of the INSERT that returns one.
    The INSERTs run one after another, so they take their locks in this order. PostgreSQL promises
    no order, so each one depends on the number of rows that the one before it added.
    """
    found = _TOGETHER.get(puts)
    if found is None:
        before: CTE | None = None
        answer: ColumnElement[Any] | None = None
        for place, waiting in enumerate(puts):
            before = _put(waiting, f"rows{place}", before, answer)
            for returned in getattr(waiting.put.statement, "exported_columns", ()):
                answer = select(before.c[returned.name]).scalar_subquery()
        assert before is not None
        last = select(func.count()).select_from(before).scalar_subquery().label("put")
        told = (answer.label("answer"),) if answer is not None else ()
        found = _TOGETHER[puts] = _compile(select(last, *told), dialect, ())
    return found


def _put(
    waiting: WaitingWrite, name: str, before: CTE | None, answer: ColumnElement[Any] | None
) -> CTE:
    statement, columns, to_come = waiting.put.statement, waiting.columns, dict(waiting.to_come)
    table = statement.table
    known = [column(each, table.c[each].type) for each in columns if each not in to_come]
    rows = func.json_populate_recordset(
        literal_column(f'NULL::"{table.name}"'), bindparam(name, type_=Rows())
    ).table_valued(*known, name=f"of_{name}")
    source = select(
        *(_worded(answer, to_come[each]) if each in to_come else rows.c[each] for each in columns)
    )
    if before is not None:
        put_before = select(func.count()).select_from(before).scalar_subquery()
        source = source.select_from(rows).where(put_before >= 0)
    whole = statement.from_select(list(columns), source, include_defaults=False)
    added: CTE = whole.returning(literal_column("1").label("one")).cte(f"put_{name}")
    return added


def _worded(answer: ColumnElement[Any] | None, text: str) -> ColumnElement[Any]:
    assert answer is not None
    return literal(text) + cast(answer, String) if text else answer


def _as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, default=_moment)


@lru_cache(maxsize=512)
def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value.isoformat()
