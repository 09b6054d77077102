"""A lane is as important as the most important that waits in it, whenever that came."""

from datetime import timedelta

from bot.domain.delivery.delivery_states import Priority
from bot.domain.kinds import DeliveryKind
from bot.store.database import Database
from bot.store.delivery import claims, withdrawals
from bot.store.delivery.outbox import Outgoing
from tests.databases import on_both
from tests.factories import NOON
from tests.store.lanes import a_delivery, back, end, lane, put, take

pytestmark = on_both

SECOND = timedelta(seconds=1)
MINE = "person/P"
PAGE = int(Priority.PAGE)


def page(**changes: object) -> Outgoing:
    return a_delivery("page", MINE, kind=DeliveryKind.PAGE, priority=Priority.PAGE, **changes)


def others(db: Database) -> None:
    """Notices of other people, all due earlier."""
    for number in range(3):
        put(db, a_delivery(f"other {number}", f"person/N{number}", due_at=NOON - SECOND))


def test_a_page_behind_a_notice_takes_its_lane_in_front(db: Database) -> None:
    others(db)
    put(db, a_delivery("notice", MINE))
    put(db, page())
    assert list(take(db, limit=1)) == ["page"]


def test_a_page_that_is_put_in_with_a_notice_does_so_too(db: Database) -> None:
    others(db)
    put(db, a_delivery("notice", MINE), page())
    assert list(take(db, limit=1)) == ["page"]


def test_a_notice_behind_a_page_does_not_hold_it_up(db: Database) -> None:
    others(db)
    put(db, page())
    put(db, a_delivery("notice", MINE))
    assert list(take(db, limit=1)) == ["page"]


def test_a_page_that_came_while_a_notice_was_in_flight_is_next(db: Database) -> None:
    put(db, a_delivery("notice", MINE), a_delivery("next notice", MINE))
    held = take(db)["notice"]
    put(db, page())
    others(db)
    end(db, held)
    assert list(take(db, limit=1)) == ["page"]


def test_a_page_keeps_its_priority_when_the_notice_in_front_is_put_back(db: Database) -> None:
    put(db, a_delivery("notice", MINE))
    held = take(db)["notice"]
    put(db, page())
    others(db)
    back(db, held, wait=SECOND)
    assert list(take(db, limit=1)) == ["page"]


def test_once_the_page_is_sent_the_lane_waits_its_turn_again(db: Database) -> None:
    put(db, page(), a_delivery("notice", MINE))
    end(db, take(db, limit=1)["page"])
    assert lane(db, MINE).priority == int(Priority.NOTICE)
    end(db, take(db, limit=1)["notice"])
    assert lane(db, MINE).priority == claims.ANY_PRIORITY
    put(db, page(dedup_key="again"))
    assert lane(db, MINE).priority == PAGE


def test_who_asks_for_pages_alone_does_not_put_off_the_notice_of_a_lane(db: Database) -> None:
    """Its page was withdrawn, and the lane does not know yet."""
    put(db, page(), a_delivery("notice", MINE))
    with db.transaction() as tx:
        assert withdrawals.cancel(tx, ["page"], [DeliveryKind.PAGE]) == 1
    assert take(db, lowest=PAGE) == {}
    assert list(take(db)) == ["notice"]


def test_what_is_claimed_together_is_handed_out_the_oldest_first(db: Database) -> None:
    put(db, a_delivery("newer", "person/A", due_at=NOON - SECOND), page())
    put(db, a_delivery("oldest", "person/C", due_at=NOON - 2 * SECOND))
    assert list(take(db)) == ["oldest", "newer", "page"]
