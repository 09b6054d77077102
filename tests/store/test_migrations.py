"""The migrations make what the code says, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlmodel import SQLModel

from bot.policy import Policy
from bot.store.database import Database
from commandline.database import migrations
from commandline.database.migrations import migrate, pending
from commandline.main import main
from tests.databases import on_both
from tests.factories import an_incident, people


@pytest.fixture
def config(db: Database) -> Config:
    made = Config()
    folder = Path(__file__).resolve().parents[2] / "migrations"
    made.set_main_option("script_location", str(folder))
    made.attributes["engine"] = db.engine
    return made


@pytest.fixture
def newer(db: Database) -> Iterator[str]:
    """A revision of which this release knows nothing."""
    before = migrations.revision(db)
    assert before is not None
    _set_revision(db, "9999")
    yield "9999"
    _set_revision(db, before)


def _set_revision(db: Database, to: str) -> None:
    with db.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": to})


@on_both
def test_the_newest_revision_is_the_schema_of_the_code(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, SQLModel.metadata) == []


@on_both
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


@on_both
def test_a_rollback_of_this_release_and_its_upgrade_keep_every_row(
    db: Database, config: Config, policy: Policy
) -> None:
    people(db, policy)
    an_incident(db, policy)
    before = every_row(db)
    assert {"incident", "page", "delivery", "timer", "timeline_entry"} <= set(before)
    command.downgrade(config, "-1")
    there = columns_there(db)
    kept = within(there, before)
    assert every_row(db) == kept
    assert pending(db)
    migrate(db)
    assert not pending(db)
    # What the columns held that this release adds is gone; each has a default.
    assert within(there, every_row(db)) == kept
    assert an_incident(db, policy).head.reference == "ESC-2"


Rows = dict[str, list[dict[str, Any]]]


def every_row(db: Database) -> Rows:
    """What is stored, by table; of those that have any."""
    there = columns_there(db)
    found: Rows = {}
    with db.reading() as tx:
        for table in SQLModel.metadata.tables.values():
            wanted = [column for column in table.columns if column.name in there[table.name]]
            if wanted:
                rows = tx.execute(select(*wanted).order_by(*table.primary_key)).mappings()
                found[table.name] = [dict(row) for row in rows]
    return {name: rows for name, rows in found.items() if rows}


def columns_there(db: Database) -> dict[str, set[str]]:
    names = set(inspect(db.engine).get_table_names())
    return {
        table: {column["name"] for column in inspect(db.engine).get_columns(table)}
        if table in names
        else set()
        for table in SQLModel.metadata.tables
    }


def within(there: dict[str, set[str]], rows: Rows) -> Rows:
    """The rows as a schema with these columns can hold them."""
    return {
        table: [{name: row[name] for name in row if name in there[table]} for row in kept]
        for table, kept in rows.items()
        if there[table]
    }


@on_both
def test_migrating_twice_changes_nothing(db: Database, policy: Policy) -> None:
    people(db, policy)
    an_incident(db, policy)
    migrate(db)
    assert an_incident(db, policy).head.reference == "ESC-2"


@on_both
def test_an_earlier_release_leaves_a_newer_schema_as_it_is(
    newer: str,
    db: Database,
    policy: Policy,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its systemd unit says `serve --migrate`: whoever goes back changes nothing but the code."""
    migrate(db)
    assert migrations.revision(db) == newer
    monkeypatch.setenv("DATABASE_URL", db.url.render_as_string(hide_password=False))
    assert main(["migrate"]) == 0
    assert "newer release has migrated" in capsys.readouterr().out
    assert main(["migrate", "--check"]) == 0
    assert migrations.revision(db) == newer
    people(db, policy)
    assert an_incident(db, policy).head.reference == "ESC-1"


def test_a_start_knows_the_revisions_that_alembic_knows() -> None:
    """It reads them from the files, because Alembic takes a fifth of the start to import."""
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    scripts = ScriptDirectory.from_config(config)
    every = frozenset(script.revision for script in scripts.walk_revisions())
    assert migrations._revisions() == (scripts.get_current_head(), every)
