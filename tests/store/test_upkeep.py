"""The write-ahead log stays bounded, and nobody waits for that."""

import time

import psycopg
from sqlalchemy import func, select

from bot.domain.duework import DeliveryKind, DeliveryState, Keep, Priority
from bot.store import outbox, purge, upkeep
from bot.store.database import Database
from bot.store.outbox import Outgoing
from bot.store.purge import Heap
from bot.store.tables import Delivery
from bot.store.transaction import Transaction
from tests.factories import NOON, WORKSPACE

LIMIT = 400_000


def write(db: Database, begin: int, count: int = 200) -> None:
    with db.transaction() as tx:
        outbox.enqueue(
            tx, WORKSPACE, NOON, [message(number) for number in range(begin, begin + count)]
        )


def message(number: int) -> Outgoing:
    kind, priority = DeliveryKind.NOTICE, Priority.NOTICE
    return Outgoing(
        kind, priority, f"lane {number % 50}", "s", f"key {number}", args={"x": "y" * 400}
    )


def read(tx: Transaction) -> int:
    found: int = tx.execute(select(func.count()).select_from(Delivery)).scalar_one()
    return found


def test_with_readers_that_always_overlap_the_log_is_emptied_between_them(
    sqlite: Database,
) -> None:
    longest = 0
    with sqlite.reading() as first:
        read(first)
        for turn in range(8):
            write(sqlite, turn * 200)
            longest = max(longest, upkeep.log_size(sqlite))
            assert not upkeep.shrink_log(sqlite, LIMIT), "a reader still needs it"
    assert longest > LIMIT
    assert upkeep.shrink_log(sqlite, LIMIT)
    assert upkeep.log_size(sqlite) == 0
    with sqlite.reading() as tx:
        assert read(tx) == 1_600


def test_a_reader_that_stays_holds_nobody_up_for_long(sqlite: Database) -> None:
    write(sqlite, 0)
    with sqlite.reading() as reader:
        read(reader)
        write(sqlite, 200)
        begun = time.process_time()
        assert not upkeep.shrink_log(sqlite, 0)
        write(sqlite, 400)
        assert time.process_time() - begun < 1, "it does not try again and again"


def test_a_short_log_is_left_alone(sqlite: Database) -> None:
    write(sqlite, 0, 1)
    assert not upkeep.shrink_log(sqlite)
    assert upkeep.log_size(sqlite) > 0


def test_statistics_are_taken_without_harm(db: Database) -> None:
    write(db, 0, 50)
    upkeep.refresh_statistics(db)
    with db.reading() as tx:
        assert read(tx) == 50


def test_room_that_was_cleared_is_used_again(db: Database) -> None:
    """The file, or the table, does not grow while as much goes as comes."""
    sizes = []
    for turn in range(6):
        write(db, turn * 400, 400)
        with db.transaction() as tx:
            tx.connection.exec_driver_sql(
                f"UPDATE delivery SET state = '{DeliveryState.SENT}'"  # noqa: S608
            )
        sweep(db)
        if not db.is_sqlite:
            # What autovacuum does by itself, only now.
            address = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("VACUUM delivery")
        sizes.append(size(db))
    assert sizes[-1] <= sizes[1] * 1.1


def sweep(db: Database) -> None:
    years_later, after = NOON.replace(year=NOON.year + 2), ""
    while True:
        with db.transaction() as tx:
            swept = purge.sweep(
                tx, Heap.DELIVERIES, Keep(), now=years_later, real=years_later, after=after
            )
        if swept.after is None:
            return
        after = swept.after


def size(db: Database) -> int:
    asked = (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        if db.is_sqlite
        else "SELECT pg_total_relation_size('delivery')"
    )
    with db.engine.connect() as connection:
        found: int = connection.exec_driver_sql(asked).scalar_one()
    return found


def test_postgresql_vacuums_what_changes_fast_long_before_a_fifth_has_changed(
    db: Database,
) -> None:
    if db.is_sqlite:
        with db.engine.connect() as connection:
            limit = connection.exec_driver_sql("PRAGMA journal_size_limit").scalar_one()
        assert limit == 64 * 1024 * 1024
        return
    asked = (
        "SELECT relname, reloptions FROM pg_class WHERE relkind = 'r' AND reloptions IS NOT NULL"
    )
    with db.engine.connect() as connection:
        options = {row.relname: row.reloptions for row in connection.exec_driver_sql(asked)}
    assert {"delivery", "lane", "timer", "inbound"} <= set(options)
    assert all("autovacuum_vacuum_scale_factor=0.01" in options[table] for table in options)
