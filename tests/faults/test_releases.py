"""Upgrade and rollback: the release before and this one, at work on the same database."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from bot.domain.kinds import DeliveryKind, TimerKind
from bot.services.incidents.export import verify
from bot.store.database import Database
from commandline.database.migrations import FOLDER, pending
from tests.databases import on_both, on_postgresql
from tests.faults import rows
from tests.faults.policies import ROOT
from tests.faults.previous import REVISION, unpacked
from tests.faults.replicas import Bots, bots
from tests.faults.verdict import Verdict, fault
from tests.waiting import eventually

OPENING = "open p1 Pile-on against a creator"
RENAMED = "Upgrade and rollback, with a renamed handler"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("release"))


@pytest.fixture
def old(before: Path) -> tuple[str, str]:
    """How a process of the release before is started."""
    return (str(before / "app.py"), "serve")


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, before: Path) -> AsyncIterator[Bots]:
    """Both releases read the policy that the older one was shipped with."""
    policy = (before / "escalation.toml").read_text()
    async with bots(database_url, tmp_path, policy=policy) as made:
        yield made


@pytest.fixture
def old_schema(db: Database) -> None:
    """The database as the release before left it."""
    downgraded(db)


def downgraded(db: Database) -> None:
    """Take the schema back to that of the release before."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = db.engine
    command.downgrade(config, REVISION)
    assert pending(db)


async def migrated(database_url: str) -> None:
    """Run this release's `migrate`, as an operator does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "app.py"),
        "migrate",
        env={**os.environ, "DATABASE_URL": database_url},
        cwd=ROOT,
    )
    assert await process.wait() == 0


# Statements of our own: the schema may be the older one, without the columns of this release.
_UNSENT = "SELECT count(*) FROM delivery WHERE state NOT IN ('sent', 'cancelled', 'dead')"
_ANSWERED = "SELECT count(*) FROM paging_run WHERE state = 'acknowledged'"
_ASKED = """SELECT target, message_ts FROM page JOIN paging_run ON paging_run.id = page.run_id
    WHERE paging_run.state = 'paging' ORDER BY page.id LIMIT 1"""


def counted(db: Database, statement: str) -> int:
    with db.reading() as tx:
        return int(tx.connection.exec_driver_sql(statement).scalar_one())


def unsent(db: Database) -> int:
    return counted(db, _UNSENT)


async def quiet(db: Database) -> None:
    await eventually(lambda: unsent(db) == 0, within=60)


def answered(db: Database) -> int:
    return counted(db, _ANSWERED)


async def acknowledged(stage: Bots, db: Database) -> None:
    """Somebody who is asked presses the button of their page."""
    with db.reading() as tx:
        target, ts = tx.connection.exec_driver_sql(_ASKED).one()
    person = stage.slack.person(target)
    message = next(message for message in person.dms() if message.ts == ts)
    before = answered(db)
    assert (await person.click(message, "page_acknowledge")).ok
    await eventually(lambda: answered(db) == before + 1)


def steps(db: Database) -> dict[tuple[int, int], int]:
    """How many pages there are in each round and step."""
    found: dict[tuple[int, int], int] = {}
    for page in rows.asked(db):
        found[page.round, page.step] = found.get((page.round, page.step), 0) + 1
    return found


def chains_hold(db: Database) -> bool:
    return verify(db)[1] == []


@on_postgresql
@fault(22, RENAMED)
async def test_both_releases_work_side_by_side(
    stage: Bots, db: Database, old: tuple[str, str], verdict: Verdict
) -> None:
    """A rolling upgrade: what one release plans the other does, whoever is asked."""
    older = await stage.start(command=old)
    newer = await stage.start()
    for replica in (older, newer, older, newer):
        stage.listens(replica)
        await stage.command(OPENING)
    await quiet(db)
    stage.listens(older)
    await acknowledged(stage, db)
    stage.listens(newer)
    await acknowledged(stage, db)
    await newer.killed()
    first = steps(db)
    await stage.advance(16 * 60)
    await eventually(lambda: (0, 1) in steps(db))
    await quiet(db)
    await older.killed()
    await stage.start()
    await stage.advance(16 * 60)
    await eventually(lambda: (0, 2) in steps(db))
    await quiet(db)
    assert steps(db)[0, 0] == first[0, 0]
    verdict.exactly_once(stage, db)
    assert chains_hold(db)


@on_both
@fault(22, RENAMED)
async def test_an_upgrade_and_a_rollback_keep_what_was_due(
    old_schema: None, stage: Bots, db: Database, old: tuple[str, str], verdict: Verdict
) -> None:
    """The release before opens; the schema is upgraded beneath it; this release goes on.

    Then both are taken back, the schema too; and that is upgraded once more, full of rows.
    """
    assert old_schema is None
    older = await stage.start(command=old)
    await stage.command(OPENING)
    await stage.command("remind in 30m ask Legal for the opinion")
    await quiet(db)
    if db.is_sqlite:
        await older.killed()
    await migrated(stage.database_url)
    if not db.is_sqlite:
        assert await older.is_ready(), "the release before works on the new schema"
        await stage.command(OPENING)
        await quiet(db)
        await older.killed()
    newer = await stage.start()
    await stage.advance(31 * 60)
    await eventually(lambda: len(rows.deliveries(db, DeliveryKind.REMINDER)) == 1)
    await eventually(lambda: (0, 2) in steps(db) or (0, 1) in steps(db))
    await stage.command(OPENING)
    await quiet(db)
    await newer.killed()
    downgraded(db)
    if db.is_sqlite:
        await migrated(stage.database_url)
    older = await stage.start(command=old)
    await acknowledged(stage, db)
    if not db.is_sqlite:
        await migrated(stage.database_url)
        assert await older.is_ready()
    assert not pending(db)
    paged = len(rows.asked(db))
    await stage.advance(16 * 60)
    await eventually(lambda: len(rows.asked(db)) > paged)
    await quiet(db)
    verdict.exactly_once(stage, db)
    assert chains_hold(db)


@fault(22, RENAMED)
async def test_an_earlier_release_that_is_told_to_migrate_starts_on_a_newer_schema(
    stage: Bots, db: Database, verdict: Verdict
) -> None:
    with db.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await stage.start(command=(str(ROOT / "app.py"), "serve", "--migrate"))
    await stage.command(OPENING)
    await quiet(db)
    verdict.exactly_once(stage, db)


@on_both
@fault(22, RENAMED)
async def test_a_handler_may_be_renamed_without_losing_what_waits_for_it(
    stage: Bots, db: Database, tmp_path: Path, verdict: Verdict
) -> None:
    """Rows name kinds and never functions: a release whose functions are called otherwise
    fires what this one planned."""
    first = await stage.start()
    await stage.command(OPENING)
    await quiet(db)
    await first.killed()
    await stage.start(command=(str(renamed(tmp_path) / "app.py"), "serve"))
    await stage.advance(16 * 60)
    await eventually(lambda: (0, 1) in steps(db))
    await quiet(db)
    verdict.exactly_once(stage, db)


def renamed(folder: Path) -> Path:
    """Return a copy of this release in which the functions that fire have other names."""
    there = folder / "renamed"
    there.mkdir()
    for part in ("bot", "handlers", "commandline", "templates", "migrations"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, there / part, ignore=ignored)
    shutil.copy(ROOT / "app.py", there)
    for module in ("services/paging/due_steps.py", "kinds/due_work.py"):
        code = there / "bot" / module
        text = code.read_text(encoding="utf-8")
        assert "page_step" in text
        code.write_text(text.replace("page_step", "the_next_step"), encoding="utf-8")
    return there


@on_postgresql
@fault(22, RENAMED)
async def test_what_only_the_newer_release_knows_waits_for_it(
    stage: Bots, db: Database, old: tuple[str, str], verdict: Verdict
) -> None:
    """A kind of due work that it does not know is left alone, and keeps nothing else waiting."""
    older = await stage.start(command=old)
    await stage.command(OPENING)
    await quiet(db)
    [incident] = rows.incidents(db)
    unknown = "timer of tomorrow"
    with db.transaction() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO timer (id, team_id, kind, subject, occurrence, incident_id, state,"
            " due_at, fence, attempts) VALUES (%s, %s, %s, %s, '0', %s, 'due', %s, 0, 0)",
            ("0" * 26, incident.team_id, unknown, incident.id, incident.id, incident.opened_at),
        )
    await stage.advance(16 * 60)
    await eventually(lambda: (0, 1) in steps(db))
    await quiet(db)
    with db.reading() as tx:
        left = tx.connection.exec_driver_sql(
            "SELECT state, fence FROM timer WHERE kind = %s", (unknown,)
        ).one()
    assert tuple(left) == ("due", 0)
    assert unknown not in [kind.value for kind in TimerKind]
    assert await older.is_ready()
    with db.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM timer WHERE kind = %s", (unknown,))
    verdict.exactly_once(stage, db)
