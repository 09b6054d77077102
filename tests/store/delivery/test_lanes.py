"""Lanes: one delivery in flight, in order, pages first, fenced."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.kinds import DeliveryKind
from bot.store.database import Database
from bot.store.delivery import backlog, claims, withdrawals
from bot.store.delivery.backlog import Backlog
from bot.store.delivery.claims import LEASE
from bot.store.tables import Delivery, Lane
from tests.databases import on_both
from tests.factories import NOON
from tests.store.lanes import a_delivery, back, delivery, end, lane, put, take

pytestmark = on_both

SECOND = timedelta(seconds=1)


def test_a_lane_has_one_delivery_in_flight(db: Database) -> None:
    put(db, a_delivery("first"), a_delivery("second"))
    claimed = take(db)
    assert list(claimed) == ["first"]
    assert take(db) == {}
    assert end(db, claimed["first"])
    assert list(take(db)) == ["second"]


def test_what_comes_into_a_lane_in_flight_waits_however_important_it_is(db: Database) -> None:
    put(db, a_delivery("first"))
    claimed = take(db)
    put(db, a_delivery("page", kind=DeliveryKind.PAGE, priority=Priority.PAGE))
    put(db, a_delivery("other", "person/U2"))
    assert list(take(db)) == ["other"], "another lane does not wait for it"
    assert end(db, claimed["first"])
    assert list(take(db)) == ["page"]


def test_what_is_put_in_together_comes_out_in_the_same_order(db: Database) -> None:
    names = [f"notice {number}" for number in range(12)]
    put(db, *map(a_delivery, names))
    said: list[str] = []
    for _ in names:
        (claimed,) = take(db).values()
        said.append(claimed.subject)
        end(db, claimed)
    assert said == names


def test_within_a_lane_the_more_important_goes_first_and_then_the_earlier(db: Database) -> None:
    put(db, a_delivery("digest", priority=Priority.DIGEST, due_at=NOON - 9 * SECOND))
    put(db, a_delivery("later", due_at=NOON - SECOND))
    put(db, a_delivery("earlier", due_at=NOON - 2 * SECOND))
    put(db, a_delivery("page", kind=DeliveryKind.PAGE, priority=Priority.PAGE))
    said: list[str] = []
    while claimed := take(db):
        said += claimed
        for one in claimed.values():
            end(db, one)
    assert said == ["page", "earlier", "later", "digest"]


def test_over_the_lanes_pages_go_first(db: Database) -> None:
    for number in range(5):
        put(db, a_delivery(f"notice {number}", f"person/N{number}", due_at=NOON - SECOND))
    put(db, a_delivery("page", "person/P", kind=DeliveryKind.PAGE, priority=Priority.PAGE))
    assert list(take(db, limit=1)) == ["page"]


def test_nothing_is_claimed_before_it_is_due(db: Database) -> None:
    put(db, a_delivery("later", due_at=NOON + SECOND))
    assert take(db) == {}
    assert list(take(db, at=NOON + SECOND)) == ["later"]


def test_the_same_delivery_is_put_in_once(db: Database) -> None:
    put(db, a_delivery("page"))
    put(db, a_delivery("page"))
    end(db, take(db)["page"])
    put(db, a_delivery("page"))
    assert take(db) == {}


def test_an_expired_lease_is_taken_over_as_uncertain(db: Database) -> None:
    put(db, a_delivery("page"))
    lost = take(db)["page"]
    assert take(db, at=NOON + LEASE - SECOND) == {}
    again = take(db, at=NOON + LEASE)["page"]
    assert (lost.uncertain, again.uncertain) == (False, True)
    assert (again.fence, again.attempts) == (2, 2)


def test_whoever_lost_the_lease_changes_nothing(db: Database) -> None:
    put(db, a_delivery("page"))
    lost = take(db)["page"]
    held = take(db, at=NOON + LEASE)["page"]
    assert not end(db, lost, at=NOON + LEASE, slack_ts="1.1")
    assert not back(db, lost, at=NOON + LEASE)
    assert delivery(db, "page").state is DeliveryState.SENDING
    assert lane(db).busy_until == held.lease_until
    assert end(db, held, at=NOON + LEASE, slack_ts="2.2")
    assert delivery(db, "page").slack_ts == "2.2"


def test_a_claim_that_was_slept_over_is_renewed_only_while_nobody_else_has_it(
    db: Database,
) -> None:
    put(db, a_delivery("a"))
    slow = take(db)["a"]
    until = NOON + 2 * claims.LEASE
    with db.transaction() as tx:
        assert claims.renew(tx, slow, until=until)
    assert take(db, at=NOON + claims.LEASE) == {}
    assert take(db, at=until)["a"].fence == slow.fence + 1
    with db.transaction() as tx:
        assert not claims.renew(tx, slow, until=until + claims.LEASE)
    assert delivery(db, "a").lease_until == until + claims.LEASE


def test_a_pause_keeps_a_channel_quiet(db: Database) -> None:
    put(db, a_delivery("first"), a_delivery("second"))
    end(db, take(db)["first"], pause=SECOND)
    assert take(db, at=NOON + SECOND / 2) == {}
    assert list(take(db, at=NOON + SECOND)) == ["second"]


def test_a_429_costs_no_attempt_and_blocks_the_lane_for_everybody(db: Database) -> None:
    put(db, a_delivery("page"), a_delivery("other", "person/U2"))
    claimed = take(db)
    assert back(db, claimed["page"], used_attempt=False, block_lane=30 * SECOND)
    end(db, claimed["other"])
    assert delivery(db, "page").attempts == 0
    put(db, a_delivery("next", "person/U2"))
    assert list(take(db, at=NOON + 29 * SECOND)) == ["next"]
    assert list(take(db, at=NOON + 30 * SECOND)) == ["page"]


def test_any_other_try_costs_an_attempt(db: Database) -> None:
    put(db, a_delivery("page"))
    back(db, take(db)["page"])
    assert delivery(db, "page").attempts == 1
    assert take(db)["page"].attempts == 2


def test_what_was_put_back_as_unknown_is_uncertain_when_it_returns(db: Database) -> None:
    put(db, a_delivery("page"))
    back(db, take(db)["page"], state=DeliveryState.UNKNOWN, wait=SECOND)
    assert take(db) == {}
    assert take(db, at=NOON + SECOND)["page"].uncertain


def test_lookups_are_counted_since_the_last_attempt(db: Database) -> None:
    put(db, a_delivery("page"))
    back(db, take(db)["page"], state=DeliveryState.UNKNOWN)
    back(db, take(db)["page"], state=DeliveryState.UNKNOWN, looked_up=True)
    back(db, take(db)["page"], state=DeliveryState.UNKNOWN, looked_up=True)
    assert delivery(db, "page").lookups == 2
    back(db, take(db)["page"], state=DeliveryState.UNKNOWN)
    assert delivery(db, "page").lookups == 0


def test_ten_changes_of_a_card_wait_as_one(db: Database) -> None:
    for number in range(10):
        put(db, a_delivery(f"card {number}", merge_key="card"))
    claimed = take(db)
    assert list(claimed) == ["card 0"]
    end(db, claimed["card 0"])
    assert take(db) == {}


def test_a_change_after_the_card_was_claimed_is_sent_too(db: Database) -> None:
    put(db, a_delivery("card 1", merge_key="card"))
    first = take(db)["card 1"]
    put(db, a_delivery("card 2", merge_key="card"))
    end(db, first)
    assert list(take(db)) == ["card 2"]


def test_a_card_that_is_put_back_gives_way_to_a_newer_one(db: Database) -> None:
    put(db, a_delivery("card 1", merge_key="card"))
    first = take(db)["card 1"]
    put(db, a_delivery("card 2", merge_key="card"))
    assert back(db, first)
    assert delivery(db, "card 1").state is DeliveryState.CANCELLED
    assert list(take(db)) == ["card 2"]


def test_a_card_that_is_put_back_and_has_no_newer_one_is_sent_again(db: Database) -> None:
    put(db, a_delivery("card 1", merge_key="card"))
    claimed = take(db)["card 1"]
    put(db, a_delivery("another card", "person/U3", merge_key="another"))
    put(db, a_delivery("newer, sent", "person/U2", merge_key="card"))
    end(db, take(db)["newer, sent"])
    back(db, claimed)
    assert "card 1" in take(db)


def test_a_kind_of_a_newer_release_is_left_alone(db: Database) -> None:
    known = [kind for kind in DeliveryKind if kind is not DeliveryKind.DIGEST]
    put(db, a_delivery("unknown", kind=DeliveryKind.DIGEST), a_delivery("known"))
    claimed = take(db, kinds=known)
    assert list(claimed) == ["known"]
    end(db, claimed["known"])
    assert take(db, kinds=known) == {}
    assert delivery(db, "unknown").state is DeliveryState.DUE
    assert list(take(db, at=NOON + SECOND)) == ["unknown"]


def test_lanes_of_a_newer_release_do_not_keep_others_from_their_turn(db: Database) -> None:
    known = [kind for kind in DeliveryKind if kind is not DeliveryKind.PAGE]
    for number in range(5):
        page = a_delivery(
            f"page {number}", f"person/P{number}", kind=DeliveryKind.PAGE, priority=Priority.PAGE
        )
        put(db, page)
    put(db, a_delivery("known", "person/K"))
    assert take(db, kinds=known, limit=5) == {}
    assert list(take(db, kinds=known, limit=5)) == ["known"]


def test_only_what_is_important_enough_is_claimed(db: Database) -> None:
    put(db, a_delivery("notice"), a_delivery("other", "person/U2"))
    put(db, a_delivery("page", kind=DeliveryKind.PAGE, priority=Priority.PAGE))
    assert list(take(db, lowest=Priority.PAGE)) == ["page"]
    assert take(db, lowest=Priority.PAGE) == {}
    assert list(take(db)) == ["other"]


def test_a_lane_in_flight_is_out_of_the_way_until_its_lease_ends(db: Database) -> None:
    put(db, a_delivery("page"))
    take(db)
    assert lane(db).pending_at == NOON + LEASE
    assert list(take(db, at=NOON + LEASE)) == ["page"]


def test_a_lane_that_was_woken_for_nothing_does_not_hold_up_what_comes_next(db: Database) -> None:
    put(db, a_delivery("withdrawn"))
    with db.transaction() as tx:
        withdrawals.cancel(tx, ["withdrawn"], [DeliveryKind.NOTICE])
    assert take(db) == {}
    put(db, a_delivery("next"))
    assert list(take(db)) == ["next"]


def test_what_is_withdrawn_is_not_sent_but_what_is_in_flight_is_settled(db: Database) -> None:
    put(db, a_delivery("in flight"), a_delivery("waiting"), a_delivery("other", "person/U2"))
    claimed = take(db)
    with db.transaction() as tx:
        assert withdrawals.cancel(tx, ["in flight", "waiting"], [DeliveryKind.NOTICE]) == 1
        assert withdrawals.cancel(tx, ["other"], [DeliveryKind.PAGE]) == 0
        assert withdrawals.cancel(tx, [], [DeliveryKind.PAGE]) == 0
    assert end(db, claimed["in flight"])
    assert take(db) == {}
    assert lane(db).pending_at is None


def test_a_lane_that_sleeps_over_its_work_is_woken(db: Database) -> None:
    put(db, a_delivery("page"), a_delivery("empty", "person/U2"))
    end(db, take(db)["empty"])
    with db.transaction() as tx:
        tx.execute(update(Lane).values(pending_at=None, busy_until=NOON))
    assert (heal(db), heal(db)) == (1, 0)
    assert list(take(db, at=NOON + LEASE)) == ["page"]


def test_a_lane_that_is_let_go_of_wakes_for_the_earliest(db: Database) -> None:
    later = [a_delivery(f"in {n} s", due_at=NOON + n * SECOND) for n in (20, 10, 30)]
    put(db, a_delivery("now"), *later)
    end(db, take(db)["now"])
    assert lane(db).pending_at == NOON + 10 * SECOND
    assert list(take(db, at=NOON + 10 * SECOND)) == ["in 10 s"]


def test_a_lane_that_is_woken_rests_as_long_as_it_had_to(db: Database) -> None:
    put(db, a_delivery("sent"))
    end(db, take(db)["sent"], pause=30 * SECOND)
    put(db, a_delivery("page"))
    with db.transaction() as tx:
        tx.execute(update(Lane).values(pending_at=None))
    assert heal(db) == 1
    assert take(db, at=NOON + 29 * SECOND) == {}
    assert list(take(db, at=NOON + 30 * SECOND)) == ["page"]


def heal(db: Database, **given: Any) -> int:
    with db.transaction() as tx:
        return backlog.heal(tx, now=NOON, real=NOON, lease=LEASE, **given)


@pytest.mark.parametrize("fast", [timedelta(minutes=5), timedelta(hours=8)], ids=str)
def test_after_the_clock_was_set_back_nobody_waits_for_what_it_used_to_say(
    db: Database, fast: timedelta
) -> None:
    """Somebody was just written to, or Slack wanted to be left alone, or it was down."""
    then = NOON + fast
    put(db, a_delivery("sent"), a_delivery("limited", "person/U2"), now=then)
    put(db, a_delivery("failed", "person/U3"), now=then)
    claimed = take(db, at=then)
    end(db, claimed["sent"], at=then, pause=SECOND)
    back(db, claimed["limited"], at=then, block_lane=30 * SECOND)
    back(db, claimed["failed"], at=then, wait=10 * SECOND)
    put(db, a_delivery("page"))
    assert take(db) == {}
    assert heal(db, rest=2 * LEASE) == 3
    assert set(take(db)) == {"page", "limited", "failed"}
    assert heal(db, rest=2 * LEASE) == 0


def test_what_was_in_flight_when_the_clock_was_set_back_keeps_a_lease(db: Database) -> None:
    put(db, a_delivery("page"))
    in_flight = take(db, at=NOON + timedelta(hours=8))["page"]
    put(db, a_delivery("next"), now=NOON + SECOND)
    assert heal(db) == 1
    assert take(db, at=NOON + LEASE - SECOND) == {}
    assert take(db, at=NOON + LEASE)["page"].uncertain
    assert not end(db, in_flight)


def test_an_hour_that_slack_asked_for_is_no_wrong_clock(db: Database) -> None:
    put(db, a_delivery("limited"))
    back(db, take(db)["limited"], block_lane=timedelta(hours=1))
    assert heal(db) == 0
    assert take(db, at=NOON + timedelta(minutes=59)) == {}


def test_the_depth_and_the_oldest_of_what_waits_are_known(db: Database) -> None:
    put(db, a_delivery("old", due_at=NOON - SECOND), a_delivery("future", due_at=NOON + SECOND))
    put(db, a_delivery("in flight", "person/U2"))
    take(db, limit=1, kinds=[DeliveryKind.NOTICE])
    with db.reading() as tx:
        assert backlog.oldest_overdue(tx, NOON, NOON) == NOON - SECOND
        notice = int(Priority.NOTICE)
        assert sorted(backlog.waiting(tx, NOON, NOON), key=lambda one: one.state) == [
            Backlog("due", notice, 2, NOON),
            Backlog("sending", notice, 1, NOON - SECOND),
        ]
        assert backlog.oldest_overdue(tx, NOON - 2 * SECOND, NOON) is None


def test_a_page_that_is_tried_again_counts_from_when_it_was_wanted(db: Database) -> None:
    put(db, a_delivery("page", due_at=NOON - SECOND))
    back(db, take(db)["page"], wait=30 * SECOND)
    with db.reading() as tx:
        assert backlog.oldest_overdue(tx, NOON, NOON) == NOON - SECOND
    held = take(db, at=NOON + 30 * SECOND)["page"]
    assert (held.wanted_at, held.due_at) == (NOON - SECOND, NOON + 30 * SECOND)


def test_a_row_of_the_release_before_counts_from_when_it_is_due(db: Database) -> None:
    put(db, a_delivery("page", due_at=NOON - SECOND))
    with db.transaction() as tx:
        tx.execute(update(Delivery).values(wanted_at=None))
    with db.reading() as tx:
        assert backlog.oldest_overdue(tx, NOON, NOON) == NOON - SECOND
    assert take(db)["page"].wanted_at == NOON - SECOND


def test_every_key_of_a_lane_carries_its_workspace(db: Database) -> None:
    put(db, a_delivery("page"))
    with db.reading() as tx:
        keys = list(tx.execute(Lane.__table__.select()).mappings())  # type: ignore[attr-defined]
    assert [row["key"] for row in keys] == ["T0TOCSIN/person/U1"]
