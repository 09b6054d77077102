"""A SQLite database that restores its rows, so that thousands of commands meet the same ones.

To make these rows takes ten times as long as a command.
"""

from collections.abc import Iterator

from sqlalchemy import Table
from sqlmodel import SQLModel

from bot.store.database import Database

_CHANGED = "SELECT DISTINCT name FROM changed"


class Kept:
    """Keeps a copy of every row, notes each changed one, and puts it back."""

    def __init__(self, db: Database) -> None:
        assert db.is_sqlite
        self._db = db
        with db.transaction() as tx:
            for statement in _keeping():
                tx.connection.exec_driver_sql(statement)

    def changed(self) -> frozenset[str]:
        """Return the tables with rows added, changed or deleted since the last restore."""
        with self._db.reading() as tx:
            return frozenset(tx.connection.exec_driver_sql(_CHANGED).scalars())

    def put_back(self) -> None:
        with self._db.transaction() as tx:
            for table in tx.connection.exec_driver_sql(_CHANGED).scalars().all():
                for statement in _PUTTING_BACK[table]:
                    tx.connection.exec_driver_sql(statement)
            tx.connection.exec_driver_sql("DELETE FROM changed")


def _keeping() -> Iterator[str]:
    yield "CREATE TABLE changed (name TEXT, place INTEGER)"
    for table in _PUTTING_BACK:
        yield f'CREATE TABLE "kept_{table}" AS SELECT rowid AS place, * FROM "{table}"'  # noqa: S608
        yield f'CREATE INDEX "place_{table}" ON "kept_{table}" (place)'
        for what, which in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
            note = f"INSERT INTO changed VALUES ('{table}', {which}.rowid)"  # noqa: S608
            yield f'CREATE TRIGGER "{what}_{table}" AFTER {what} ON "{table}" BEGIN {note}; END'


def _putting_back(table: Table) -> tuple[str, str]:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    those = f"IN (SELECT place FROM changed WHERE name = '{table.name}')"  # noqa: S608
    return (
        f'DELETE FROM "{table.name}" WHERE rowid {those}',  # noqa: S608
        f'INSERT INTO "{table.name}" (rowid, {columns}) '  # noqa: S608
        f'SELECT place, {columns} FROM "kept_{table.name}" WHERE place {those}',
    )


_PUTTING_BACK = {table.name: _putting_back(table) for table in SQLModel.metadata.sorted_tables}
