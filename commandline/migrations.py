"""Alembic, with the database and the folder that the product chooses."""

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
    scripts = ScriptDirectory.from_config(_config(db))
    return knows(db) and revision(db) != scripts.get_current_head()


def revision(db: Database) -> str | None:
    """Return the schema's revision; None where there is no schema."""
    with db.reading() as tx:
        return MigrationContext.configure(tx.connection).get_current_revision()


def knows(db: Database) -> bool:
    """Tell whether this release knows the schema; it does not where a newer one has migrated."""
    current = revision(db)
    scripts = ScriptDirectory.from_config(_config(db)).walk_revisions()
    return current is None or current in {script.revision for script in scripts}
