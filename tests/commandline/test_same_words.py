"""A database that cannot be used: `serve`, `migrate` and `doctor` name the same cause alike."""

import signal
from pathlib import Path

import pytest

from bot.store.database import Database
from commandline.database.migrations import migrate
from tests.commandline.commands import serving, told
from tests.databases import fresh_url

PASSWORD = "s3cret-of-the-database"


NOWHERE = f"postgresql://tocsin:{PASSWORD}@127.0.0.1:1/tocsin"
UNRESOLVED = f"postgresql://tocsin:{PASSWORD}@db.invalid/tocsin"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (NOWHERE, "No database server answers at 127.0.0.1:1."),
        (UNRESOLVED, "The database's host name db.invalid cannot be found."),
    ],
)
async def test_a_server_that_is_not_there(tmp_path: Path, url: str, why: str) -> None:
    database = {"DATABASE_URL": url}
    status, migrating = await told(tmp_path, "migrate", **database)
    assert (status, migrating.splitlines()[0][: len(why)]) == (1, why)
    status, examined = await told(tmp_path, "doctor", **database)
    assert status == 1
    assert f"FAIL database: {why}" in examined
    async with serving(tmp_path, **database) as bot:
        await bot.says(f"why={why}")
        assert await bot.ended(signal.SIGTERM) == 0
        said = bot.said
    assert PASSWORD not in said + migrating + examined
    assert "Traceback" not in said
    assert said.count("The database cannot be used: nothing is stored or sent") == 1


async def test_a_database_that_is_not_migrated(tmp_path: Path) -> None:
    """Also one of an earlier release; and once it is migrated, that is told as well."""
    why = "The database is not migrated: it lacks something that this release needs."
    with fresh_url("postgresql", tmp_path) as url:
        db = Database(url)
        with db.transaction() as tx:
            tx.connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        async with serving(tmp_path, DATABASE_URL=url) as bot:
            await bot.says(f"why={why} advice=Run 'python app.py migrate'")
            status, examined = await told(tmp_path, "doctor", DATABASE_URL=url)
            assert status == 1
            assert why in examined
            assert "python app.py migrate" in examined
            migrate(db)
            await bot.says("The database can be used again")
            assert await bot.ended(signal.SIGTERM) == 0
            said = bot.said
        db.close()
    assert "Traceback" not in said
    assert "File " not in said
    assert len(said.splitlines()) < 20, said
