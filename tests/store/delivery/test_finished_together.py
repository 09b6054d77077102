"""Several claims that Slack took end in one transaction. Each lane rests or not, by itself."""

from datetime import timedelta

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import LEASE, Claimed, ClaimLost, FinishedClaim
from tests.databases import on_both
from tests.factories import NOON
from tests.store.lanes import a_delivery, delivery, end, lane, put, take

pytestmark = on_both

SECOND = timedelta(seconds=1)


def finish(db: Database, *ended: FinishedClaim) -> None:
    with db.transaction() as tx:
        claims.finish_sent(tx, ended, NOON, real=NOON, pause=SECOND)


def sent(claimed: Claimed, *, pauses: bool) -> FinishedClaim:
    return FinishedClaim(claimed, f"D{claimed.subject}", f"{claimed.subject}.1", pauses)


def test_a_channel_rests_and_another_lane_goes_on(db: Database) -> None:
    put(db, a_delivery("post", "channel/C1"), a_delivery("next post", "channel/C1"))
    put(db, a_delivery("call", "person/U1"), a_delivery("next call", "person/U1"))
    taken = take(db)
    finish(db, sent(taken["post"], pauses=True), sent(taken["call"], pauses=False))
    assert list(take(db)) == ["next call"]
    assert list(take(db, at=NOON + SECOND)) == ["next post"]
    for name in ("post", "call"):
        row = delivery(db, name)
        assert (row.state, row.sent_at) == (DeliveryState.SENT, NOON)
        assert (row.slack_channel, row.slack_ts) == (f"D{name}", f"{name}.1")


@pytest.mark.parametrize("pauses", [True, False])
def test_all_of_one_sort_end_too(db: Database, *, pauses: bool) -> None:
    put(db, a_delivery("a", "person/A"), a_delivery("b", "person/B"))
    taken = take(db)
    finish(db, *(sent(one, pauses=pauses) for one in taken.values()))
    put(db, a_delivery("c", "person/A"), a_delivery("d", "person/B"))
    assert set(take(db)) == (set() if pauses else {"c", "d"})
    assert set(take(db, at=NOON + SECOND)) == ({"c", "d"} if pauses else set())


def test_one_that_another_worker_holds_leaves_all_as_they_were(db: Database) -> None:
    put(db, a_delivery("mine", "person/A"), a_delivery("lost", "person/B"))
    mine = take(db)
    held = take(db, at=NOON + LEASE)["lost"]
    with pytest.raises(ClaimLost):
        finish(db, sent(mine["mine"], pauses=False), sent(mine["lost"], pauses=False))
    assert delivery(db, "mine").state is delivery(db, "lost").state is DeliveryState.SENDING
    assert lane(db, "person/B").busy_until == held.lease_until


def is_held(db: Database, claimed: Claimed) -> bool:
    with db.reading() as tx:
        return claims.is_held(tx, claimed)


def test_a_claim_is_held_until_it_ends_or_is_taken_over(db: Database) -> None:
    put(db, a_delivery("mine", "person/A"), a_delivery("lost", "person/B"))
    mine = take(db)
    assert is_held(db, mine["mine"])
    assert end(db, mine["mine"])
    assert not is_held(db, mine["mine"])
    held = take(db, at=NOON + LEASE)["lost"]
    assert not is_held(db, mine["lost"])
    assert is_held(db, held)
