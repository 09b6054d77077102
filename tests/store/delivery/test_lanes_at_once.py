"""Lanes with several workers at the same time: real threads, real connections."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.errors import StoreUnavailable
from bot.domain.kinds import DeliveryKind
from bot.store.database import Database
from bot.store.delivery import outbox, withdrawals
from bot.store.delivery.claims import Claimed
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE
from tests.store.lanes import a_delivery, delivery, end, lane, put, take

pytestmark = on_both

Result = TypeVar("Result")
WORKERS = 4
LANES = 20
DELIVERIES = 200


def _patiently(call: Callable[[], Result]) -> Result:
    """SQLite has one writer: whoever waited for it too long comes again, as the relay does."""
    while True:
        try:
            return call()
        except StoreUnavailable:
            continue


def test_of_200_deliveries_none_is_lost_and_none_doubled(db: Database) -> None:
    put(db, *(a_delivery(f"d{n:03}", f"person/{n % LANES}") for n in range(DELIVERIES)))
    sent: list[Claimed] = []
    busy: Counter[str] = Counter()
    doubled: list[str] = []
    guard = threading.Lock()

    def work(_worker: int) -> None:
        while len(sent) < DELIVERIES:
            for claimed in _patiently(lambda: take(db, limit=3)).values():
                with guard:
                    busy[claimed.lane] += 1
                    if busy[claimed.lane] > 1:
                        doubled.append(claimed.lane)
                # As long as a look takes another worker may try to have the same lane.
                assert delivery(db, claimed.subject).state is DeliveryState.SENDING
                with guard:
                    busy[claimed.lane] -= 1
                    sent.append(claimed)
                ended = partial(end, db, claimed)
                assert _patiently(ended)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    assert doubled == []
    assert sorted(one.subject for one in sent) == [f"d{n:03}" for n in range(DELIVERIES)]
    for number in range(LANES):
        key = f"{WORKSPACE.team_id}/person/{number}"
        mine = [one.subject for one in sent if one.lane == key]
        assert mine == sorted(mine), "in order within the lane"


def test_a_wake_that_races_with_the_end_of_the_last_delivery_is_not_lost(
    db: Database,
) -> None:
    """A new delivery commits while the lane's last one ends: the lane must not fall asleep."""
    if db.is_sqlite:
        # One writer at a time: the two cannot interleave; in turn they must not lose it either.
        put(db, a_delivery("last"))
        last = take(db)["last"]
        put(db, a_delivery("new"))
        end(db, last)
        assert list(take(db)) == ["new"]
        return
    put(db, a_delivery("last"))
    last = take(db)["last"]
    ended = threading.Thread(target=end, args=(db, last))
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, NOON, [a_delivery("new")])
        ended.start()
        ended.join(0.3)
        assert ended.is_alive(), "the end waits for whoever holds the lane"
    ended.join(10)
    assert lane(db).pending_at == NOON
    assert list(take(db)) == ["new"]


def test_a_lane_is_not_claimed_in_while_something_is_put_into_it(db: Database) -> None:
    """Else a card could be read between the change that merges into it and that change's commit."""
    put(db, a_delivery("card 1", merge_key="card"))
    if db.is_sqlite:
        put(db, a_delivery("card 2", merge_key="card"))
        assert list(take(db)) == ["card 1"]
        return
    with db.transaction() as tx:
        outbox.enqueue(tx, WORKSPACE, NOON, [a_delivery("card 2", merge_key="card")])
        assert take(db) == {}
    assert list(take(db)) == ["card 1"]


def test_a_page_that_is_being_withdrawn_is_not_claimed(db: Database) -> None:
    put(db, a_delivery("page", kind=DeliveryKind.PAGE))
    with db.transaction() as tx:
        withdrawals.cancel(tx, ["page"], [DeliveryKind.PAGE])
        if not db.is_sqlite:
            assert take(db) == {}, "skipped, not waited for"
    assert take(db, at=NOON + timedelta(minutes=1)) == {}
    assert delivery(db, "page").state is DeliveryState.CANCELLED
