"""The write-ahead log stays bounded, and nobody waits for that."""

import time

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, func, select

from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.errors import StoreUnavailable
from bot.domain.kinds import DeliveryKind
from bot.domain.unanswered.manager_messages import UnansweredArgs
from bot.domain.upkeep.retention import Keep
from bot.store.database import Database
from bot.store.delivery import limits, outbox
from bot.store.delivery.outbox import Outgoing
from bot.store.tables import Delivery, Limit
from bot.store.transaction import Transaction
from bot.store.upkeep import maintenance, purge, storage_check
from bot.store.upkeep.purge import Heap
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE

LIMIT = 400_000


def write(db: Database, begin: int, count: int = 200) -> None:
    with db.transaction() as tx:
        outbox.enqueue(
            tx, WORKSPACE, NOON, [message(number) for number in range(begin, begin + count)]
        )


def message(number: int) -> Outgoing:
    kind, priority, args = DeliveryKind.NOTICE, Priority.NOTICE, UnansweredArgs(("y" * 400,))
    return Outgoing(
        kind,
        priority,
        f"lane {number % 50}",
        "s",
        f"key {number}",
        args=args,
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
            longest = max(longest, maintenance.log_size(sqlite))
            assert not maintenance.shrink_log(sqlite, LIMIT), "a reader still needs it"
    assert longest > LIMIT
    assert maintenance.shrink_log(sqlite, LIMIT)
    assert maintenance.log_size(sqlite) == 0
    with sqlite.reading() as tx:
        assert read(tx) == 1_600


def test_a_reader_that_stays_holds_nobody_up_for_long(sqlite: Database) -> None:
    write(sqlite, 0)
    with sqlite.reading() as reader:
        read(reader)
        write(sqlite, 200)
        begun = time.process_time()
        assert not maintenance.shrink_log(sqlite, 0)
        write(sqlite, 400)
        assert time.process_time() - begun < 1, "it does not try again and again"


def test_a_short_log_is_left_alone(sqlite: Database) -> None:
    write(sqlite, 0, 1)
    assert not maintenance.shrink_log(sqlite)
    assert maintenance.log_size(sqlite) > 0


@on_both
def test_statistics_are_taken_without_harm(db: Database) -> None:
    write(db, 0, 50)
    maintenance.refresh_statistics(db)
    with db.reading() as tx:
        assert read(tx) == 50


@on_both
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


@on_both
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


def most_pages(db: Database, most: int) -> None:
    """Fewer than there are: what there is."""

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    # The product's own listener, on the engine, comes after it: no transaction has begun.
    event.listen(Engine, "begin", limit)
    try:
        with db.reading():
            pass
    finally:
        event.remove(Engine, "begin", limit)


def test_a_database_without_room_is_known_until_there_is_room_for_an_opening(
    sqlite: Database,
) -> None:
    storage_check.look_for_room(sqlite, NOON)
    assert not sqlite.takes_nothing
    most_pages(sqlite, 1)
    with pytest.raises(StoreUnavailable):
        write(sqlite, 0)
    assert sqlite.takes_nothing
    with pytest.raises(StoreUnavailable):
        storage_check.look_for_room(sqlite, NOON)
    assert sqlite.takes_nothing
    most_pages(sqlite, 2**32 - 2)
    storage_check.look_for_room(sqlite, NOON)
    assert not sqlite.takes_nothing


def test_a_server_that_may_only_be_read_is_known_too(postgres: Database) -> None:
    """So is a disk without room, which says so with a code of the same kind."""
    storage_check.look_for_room(postgres, NOON)
    with pytest.raises(StoreUnavailable):
        write_what_may_only_be_read(postgres)
    assert postgres.takes_nothing
    storage_check.look_for_room(postgres, NOON)
    storage_check.look_for_room(postgres, NOON)
    assert not postgres.takes_nothing
    with postgres.reading() as tx:
        rows = tx.execute(select(func.count()).select_from(Limit)).scalar_one()
    assert rows == 1, "what took the room is given up again"
    assert limits_hold_nothing(postgres)


def write_what_may_only_be_read(db: Database) -> None:
    with db.transaction() as tx:
        tx.connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        tx.insert(Limit, {"team_id": "", "scope": "s", "blocked_until": NOON, "reason": ""})


def limits_hold_nothing(db: Database) -> bool:
    with db.reading() as tx:
        return not limits.blocked(tx, NOON)
