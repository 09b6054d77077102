"""Alembic, with the database and the folder that the product chooses."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.store.database import Database

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def _config(db: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = db.engine
    return config


def migrate(db: Database) -> None:
    """Bring the schema to the newest revision; does nothing where it is there."""
    command.upgrade(_config(db), "head")


def pending(db: Database) -> bool:
    """Tell whether the database lacks a revision that this release needs.

    A database that is ahead (a newer release runs beside this one) lacks nothing.
    """
    newest, _ = _revisions()
    return knows(db) and revision(db) != newest


def revision(db: Database) -> str | None:
    """Return the schema's revision; None where there is no schema."""
    with db.reading() as tx:
        return MigrationContext.configure(tx.connection).get_current_revision()


def knows(db: Database) -> bool:
    """Tell whether this release knows the schema; it does not where a newer one has migrated."""
    current = revision(db)
    return current is None or current in _revisions()[1]


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest and all revisions of this release: read once, a probe asks every second."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    scripts = ScriptDirectory.from_config(config)
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return scripts.get_current_head(), known
