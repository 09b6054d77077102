"""Clearing away beside the work: nothing waits for it, and it goes on whatever happens."""

import asyncio
from datetime import timedelta

from sqlalchemy import func, select, update

from bot.concurrency.threads import Threads
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.errors import StoreUnavailable
from bot.domain.kinds import DeliveryKind
from bot.domain.upkeep.retention import Keep
from bot.policy import Policy
from bot.store.database import Database
from bot.store.delivery import outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.tables import Delivery
from bot.time_source import TimeSource
from bot.worker.loop import Gear
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.timings import Timings
from bot.worker.upkeep.purge import PurgeLoop
from tests.databases import on_both
from tests.factories import WORKSPACE
from tests.waiting import eventually

pytestmark = on_both

OFTEN = Timings(purge_every=timedelta(seconds=0.05), purge_rest=0.001)


def sent_long_ago(db: Database, clock: TimeSource, number: int) -> None:
    at = clock.now() - timedelta(days=40)
    messages = [
        Outgoing(DeliveryKind.NOTICE, Priority.NOTICE, f"lane {each}", "subject", f"key {each}")
        for each in range(number)
    ]
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, at, messages)
        tx.execute(update(Delivery).values(state=DeliveryState.SENT))


def deliveries(db: Database) -> int:
    with db.reading() as tx:
        found: int = tx.execute(select(func.count()).select_from(Delivery)).scalar_one()
    return found


async def test_what_is_over_is_cleared_away_batch_by_batch_and_counted(
    db: Database, policy: Policy
) -> None:
    clock, figures, threads = TimeSource(), ProcessMetrics(), Threads(one_writer=db.is_sqlite)
    sent_long_ago(db, clock, 600)
    await PurgeLoop(Gear(db, policy, clock, threads, figures, OFTEN), Keep()).sweep()
    assert deliveries(db) == 0
    of_deliveries = {"table": "delivery"}
    assert figures.registry.get_sample_value("tocsin_purged_rows_total", of_deliveries) == 600
    threads.close()


async def test_it_goes_on_when_the_database_was_away(db: Database, policy: Policy) -> None:
    clock, threads = TimeSource(), Threads(one_writer=db.is_sqlite)
    failed: list[StoreUnavailable] = []
    db.on_failure(failed.append)
    sent_long_ago(db, clock, 3)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE delivery RENAME TO delivery_away")
    gear = Gear(db, policy, clock, threads, ProcessMetrics(), OFTEN)
    running = asyncio.create_task(PurgeLoop(gear, Keep()).run())
    await eventually(lambda: len(failed) >= 2)
    assert not running.done()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE delivery_away RENAME TO delivery")
    await eventually(lambda: deliveries(db) == 0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    threads.close()
