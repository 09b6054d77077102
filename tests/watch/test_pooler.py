"""The bot behind PgBouncer, which lends a server for one transaction at a time."""

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.configuration.settings import SettingsError, read_settings
from bot.domain.errors import StoreUnavailable
from bot.policy import Policy
from bot.store.database import Database
from commandline.database.migrations import pending
from playground.testing import RunningPlayground
from tests.databases import fresh_url
from tests.store.pooling import pooled
from tests.watch.conftest import a_bot

_SETTINGS = (
    "SELECT current_setting('timezone'), current_setting('lock_timeout'), "
    "current_setting('idle_in_transaction_session_timeout')"
)


async def test_a_page_goes_out_and_is_acknowledged(
    policy: Policy, slack: RunningPlayground, tmp_path: Path, pgbouncer: str
) -> None:
    with fresh_url("postgresql", tmp_path) as url:
        async with (
            pooled(pgbouncer, url) as through,
            a_bot(f"{through}?pooler=transaction", policy, slack) as bot,
        ):
            await bot.until_well()
            assert (await bot.person("mei").command("/escalate open p1 Pile-on", "general")).ok
            person, page = await bot.paged()
            assert (await person.click(page, "page_acknowledge")).ok
            await bot.until_metric("tocsin_deliveries_total", "page update", "sent")
            assert await bot.problems() == []
            assert await bot.metric("tocsin_database_errors_total") == 0


async def test_each_transaction_has_its_limits_and_nothing_stays_prepared(
    tmp_path: Path, pgbouncer: str
) -> None:
    with fresh_url("postgresql", tmp_path) as url:
        async with pooled(pgbouncer, url) as through:
            db = Database(f"{through}?pooler=transaction")
            assert not pending(db)
            for _ in range(20):
                with db.transaction() as tx:
                    assert tuple(tx.execute(text(_SETTINGS)).one()) == ("UTC", "1200ms", "30s")
                with db.reading() as tx:
                    assert tuple(tx.execute(text(_SETTINGS)).one()) == ("UTC", "1200ms", "30s")
                    prepared = tx.execute(text("SELECT count(*) FROM pg_prepared_statements"))
                    assert prepared.scalar_one() == 0
            db.close()


async def test_without_the_option_it_is_refused_in_a_sentence(
    tmp_path: Path, pgbouncer: str
) -> None:
    with fresh_url("postgresql", tmp_path) as url:
        async with pooled(pgbouncer, url) as through:
            db = Database(through)
            with pytest.raises(StoreUnavailable) as refused, db.reading():
                raise AssertionError("not reached")
            db.close()
    assert refused.value.advice == "Behind PgBouncer, add ?pooler=transaction to DATABASE_URL."


def test_another_pooler_is_not_understood() -> None:
    with pytest.raises(SettingsError, match="'pooler' that is not understood"):
        read_settings({"DATABASE_URL": "postgresql://h/d?pooler=session"}, slack_needed=False)
