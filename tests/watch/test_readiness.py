"""/readyz is red for each reason there is, says which, and is green again when it has passed."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import event

from bot.domain.fallback.ways import FallbackWay
from bot.domain.incidents.severity import Severity
from bot.policy import FallbackRule, Policy
from bot.store.database import Database
from bot.store.delivery import limits
from bot.store.upkeep import maintenance, storage_check
from bot.worker.metrics.process_metrics import FALLBACK
from commandline.database import migrations
from commandline.database.migrations import migrate
from playground.testing import RunningPlayground
from playground.web.faults import FaultKind, FaultRule
from tests.databases import fresh_url, on_both
from tests.factories import PRIYA
from tests.waiting import eventually
from tests.watch.conftest import WATCHFUL, RunningBot, StartBot, a_bot, until
from tests.wire import wire

A_PAGE = 4_096
SOON_STALE = replace(WATCHFUL, stale=timedelta(seconds=1.5))
TICK = "the tick stands still: due work is not done"
RELAY = "the relay stands still: nothing is sent"
PAST_SLACK = "the fallback stands still: nothing goes out outside Slack"
AWAY = "the database does not answer"
UNREAD = "Slack's directory has not been read yet: roles are not known"
NEARLY_FULL = "the disk under the database is nearly full: make room"
HELD_UP = "the database stores nothing: its writes do not end"
TAKES_NOTHING = "the database stores nothing: it has no room, or may only be read"
DAMAGED = "the database file is damaged: not all of it can be read or stored"
UNKNOWN = "the database cannot be used: the log says why"
UNMIGRATED = "the database is not migrated: run 'python app.py migrate'"


async def test_a_bot_that_is_well_is_ready(bot: RunningBot) -> None:
    assert await bot.get("/readyz") == (200, '{"ready":true,"problems":[],"refused":[]}')
    assert (await bot.get("/healthz"))[0] == 200


@pytest.mark.parametrize("method", ["users.list", "usergroups.users.list"])
async def test_a_directory_that_has_not_been_read_once(
    start_bot: StartBot, slack: RunningPlayground, method: str
) -> None:
    slack.slack.faults.add(FaultRule(FaultKind.NO_PLACE, method))
    async with start_bot() as bot:
        await bot.until_problem(UNREAD)
        slack.slack.faults.clear()
        await bot.until_well()
    slack.slack.faults.add(FaultRule(FaultKind.NO_PLACE, method))
    async with start_bot() as again:
        await again.until_well()


async def test_a_stale_tick(start_bot: StartBot) -> None:
    async with start_bot(SOON_STALE) as bot:
        await bot.until_well()
        bot.tocsin.tick.stop()
        await bot.until_problem(TICK)
        bot.tocsin.tick.start()
        await bot.until_well()


@on_both
async def test_a_stale_claim(start_bot: StartBot) -> None:
    async with start_bot(SOON_STALE) as bot:
        await bot.until_well()
        bot.tocsin.relay.stop()
        await bot.until_problem(RELAY)


async def test_what_reaches_people_past_slack_and_stands_still(
    database_url: str, policy: Policy, slack: RunningPlayground, tmp_path: Path
) -> None:
    gateways = tmp_path / "gateways.toml"
    gateways.write_text('email = "json://127.0.0.1:1/{to}"\n')
    rule = FallbackRule(
        {Severity.P1: timedelta(minutes=5)}, {PRIYA: (FallbackWay("email", "p@x.example"),)}
    )
    ways = replace(policy, fallback=rule)
    files = {"FALLBACK_GATEWAYS": str(gateways)}
    async with a_bot(database_url, ways, slack, SOON_STALE, **files) as bot:
        await bot.until_well()
        assert await bot.metric("tocsin_last_fallback_timestamp_seconds")
        assert bot.tocsin.figures.moves[FALLBACK], "the watchdog sees it turn"
        [fallback] = bot.tocsin.fallback
        fallback.stop()
        await bot.until_problem(PAST_SLACK)


async def test_a_policy_without_other_ways_needs_nothing_that_reaches_people_by_them(
    bot: RunningBot,
) -> None:
    assert not bot.tocsin.fallback
    assert await bot.problems() == []
    assert bot.tocsin.figures.moves[FALLBACK] == 0, "the watchdog does not wait for it"


async def test_a_revoked_token_is_noticed_while_nothing_is_sent(bot: RunningBot) -> None:
    bot.slack.slack.app.revoked = True
    await bot.until_problem("Slack refuses the bot token (token_revoked)")
    assert await bot.metric("tocsin_token_lost") == 1
    bot.slack.slack.app.revoked = False
    await bot.until_well()
    assert await bot.metric("tocsin_token_lost") == 0


async def test_slack_that_has_never_answered(start_bot: StartBot, slack: RunningPlayground) -> None:
    slack.slack.app.revoked = True
    async with start_bot() as bot:
        await eventually(lambda: bot.tocsin.figures.lost_token)
        told = await bot.problems()
    assert "Slack has not answered yet" in told
    assert "Slack refuses the bot token (token_revoked)" in told


@on_both
async def test_an_unmigrated_database(start_bot: StartBot, db: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    config.attributes["engine"] = db.engine
    command.downgrade(config, "base")
    async with start_bot() as bot:
        assert UNMIGRATED in await bot.problems()
        assert await bot.metric("tocsin_database_up") == 0
        assert await bot.metric("tocsin_oldest_overdue_seconds", "page") is None
        migrate(db)
        await bot.until_well()
        assert await bot.metric("tocsin_database_up") == 1


async def test_a_postgresql_that_is_away(
    policy: Policy, slack: RunningPlayground, tmp_path: Path
) -> None:
    with fresh_url("postgresql", tmp_path) as url, wire(url) as line:
        async with a_bot(line.url, policy, slack) as bot:
            await bot.until_well()
            line.cut()
            await bot.until_problem(AWAY)
            assert await bot.metric("tocsin_database_up") == 0
            assert (await bot.metric("tocsin_database_errors_total") or 0) > 0
            assert await bot.metric("tocsin_oldest_overdue_seconds", "page") is None
            line.mend()
            await bot.until_well()
            assert await bot.metric("tocsin_database_up") == 1


async def test_a_sqlite_file_that_cannot_be_opened(
    policy: Policy, slack: RunningPlayground, tmp_path: Path
) -> None:
    folder = tmp_path / "not mounted yet"
    url = f"sqlite:///{folder}/tocsin.sqlite3"
    async with a_bot(url, policy, slack) as bot:
        assert AWAY in await bot.problems()
        folder.mkdir()
        db = Database(url)
        migrate(db)
        db.close()
        await bot.until_well()


async def test_asking_every_second_reads_no_migration_script(
    bot: RunningBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(migrations, "FOLDER", tmp_path / "nothing here")
    assert await bot.problems() == []


@on_both
async def test_a_database_that_hangs_does_not_hang_the_answer(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start_bot() as bot:
        await bot.until_well()
        monkeypatch.setattr("bot.worker.upkeep.readiness.ANSWER_WITHIN", 0.2)
        release = asyncio.Event()
        loop = asyncio.get_running_loop()

        def stuck() -> None:
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

        held = [asyncio.create_task(bot.tocsin.threads.read(stuck)) for _ in range(4)]
        try:
            await bot.until_problem(AWAY)
        finally:
            release.set()
            await asyncio.gather(*held)
        await bot.until_well()


def only_read(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


async def test_a_database_that_can_be_read_and_takes_nothing(start_bot: StartBot) -> None:
    async with start_bot() as bot:
        await bot.until_well()
        engine = bot.tocsin.db.engine
        event.listen(engine, "connect", only_read)
        engine.dispose()
        await bot.until_problem(TAKES_NOTHING)
        event.remove(engine, "connect", only_read)
        engine.dispose()
        await bot.until_well()


async def test_a_database_whose_writes_another_program_holds_up(start_bot: StartBot) -> None:
    """It can be read all the while, and no write is refused for lack of room."""
    soon = timedelta(seconds=0.2)
    async with start_bot(replace(WATCHFUL, look_for_room_every=soon, stale=5 * soon)) as bot:
        await bot.until_well()
        with closing(sqlite3.connect(bot.tocsin.db.url.database or "")) as other:
            other.execute("BEGIN IMMEDIATE")
            await until(bot.problems, lambda problems: HELD_UP in problems)
        await bot.until_well()
        assert (await bot.metrics())["tocsin_last_store_timestamp_seconds"][()] > 0


async def test_a_disk_that_is_nearly_full(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_check, "LEAST_FREE", 2**62)
    async with start_bot() as bot:
        await bot.until_problem(NEARLY_FULL)
        monkeypatch.undo()
        await bot.until_well()


def _damage(db: Database) -> None:
    """All but the header."""
    maintenance.shrink_log(db, longest=0)
    path = Path(db.url.database or "")
    with path.open("r+b") as file:
        file.seek(A_PAGE)
        file.write(bytes(path.stat().st_size - A_PAGE))


async def test_a_damaged_database_that_can_be_read_in_part(start_bot: StartBot) -> None:
    async with start_bot() as bot:
        await bot.until_well()
        _damage(bot.tocsin.db)
        await bot.until_problem(DAMAGED)


async def test_a_database_that_hangs_is_asked_for_everything_at_once(
    bot: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A probe waits for three seconds: one look after the other would take four."""
    await bot.until_well()
    asked = threading.Event()

    def lanes() -> list[limits.RefusedPlace]:
        asked.set()
        return []

    monkeypatch.setattr(bot.tocsin.vitals, "_unmigrated", lambda _db: not asked.wait(10))
    monkeypatch.setattr(bot.tocsin.vitals, "_refused_lanes", lanes)
    assert (await bot.get("/readyz"))[0] == 200


async def test_a_look_that_fails_in_a_way_that_no_one_thought_of(
    bot: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.tocsin.vitals, "_unmigrated", lambda _db: [][0])
    await bot.until_problem(UNKNOWN)
    monkeypatch.undo()
    await bot.until_well()
