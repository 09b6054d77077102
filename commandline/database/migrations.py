"""Runs Alembic with Tocsin's database and migrations folder."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import String, column, inspect, select, table

from bot.store.database import Database
from bot.store.schema import Schema

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_REVISION = re.compile(r'^(down_)?revision\b[^=\n]*= (?:"(\w+)"|None)$', re.MULTILINE)


def migrate(db: Database) -> None:
    """Bring the schema to the newest revision of this release.

    It does nothing if the schema is up to date, or if a newer release has migrated it. This
    release runs on that schema, but cannot read its revisions.
    """
    if not knows(db):
        return
    # Imported here, so that a bot with an up-to-date schema starts without Alembic.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = db.engine
    with db.outages():
        command.upgrade(config, "head")


def pending(db: Database) -> bool:
    """Tell whether the database lacks a revision that this release needs.

    A database that a newer release has migrated lacks nothing.
    """
    return schema(db) is Schema.BEHIND


def schema(db: Database) -> Schema:
    """Compare the database's schema with the one this release needs."""
    newest, known = _revisions()
    current = revision(db)
    if current == newest:
        return Schema.AS_NEEDED
    return Schema.BEHIND if current is None or current in known else Schema.AHEAD


def revision(db: Database) -> str | None:
    """Return the schema's revision; None if there is no schema."""
    with db.reading() as tx:
        if not inspect(tx.connection).has_table("alembic_version"):
            return None
        query = select(column("version_num", String)).select_from(table("alembic_version"))
        return tx.execute(query).scalar()


def knows(db: Database) -> bool:
    """Tell whether this release knows the schema. It does not if a newer one has migrated it."""
    return schema(db) is not Schema.AHEAD


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest and all revisions of this release, read from Alembic's own files."""
    known: set[str] = set()
    followed: set[str] = set()
    for script in (FOLDER / "versions").glob("*.py"):
        for down, name in _REVISION.findall(script.read_text()):
            (followed if down else known).add(name)
    newest = known - followed
    return next(iter(newest), None), frozenset(known)
