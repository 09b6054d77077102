"""The migrations make what the code says, and can be taken back."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

from bot.policy import Policy
from bot.store.database import Database
from commandline import migrations
from commandline.migrations import migrate, pending
from tests.factories import an_incident, people


@pytest.fixture
def config(db: Database) -> Config:
    made = Config()
    folder = Path(__file__).resolve().parents[2] / "migrations"
    made.set_main_option("script_location", str(folder))
    made.attributes["engine"] = db.engine
    return made


def test_the_newest_revision_is_the_schema_of_the_code(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_revision_can_be_taken_back_and_made_again(
    db: Database, config: Config, policy: Policy
) -> None:
    command.downgrade(config, "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    assert pending(db)
    migrate(db)
    assert not pending(db)
    people(db, policy)
    assert an_incident(db, policy).head.reference == "ESC-1"


def test_migrating_twice_changes_nothing(db: Database, policy: Policy) -> None:
    people(db, policy)
    an_incident(db, policy)
    migrate(db)
    assert an_incident(db, policy).head.reference == "ESC-2"


def test_a_start_knows_the_revisions_that_alembic_knows() -> None:
    """It reads them from the files, because Alembic takes a fifth of the start to import."""
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    scripts = ScriptDirectory.from_config(config)
    every = frozenset(script.revision for script in scripts.walk_revisions())
    assert migrations._revisions() == (scripts.get_current_head(), every)
