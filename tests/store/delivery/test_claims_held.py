"""A claim is its worker's alone: another one neither frees its lane nor holds it for longer."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.domain.channels.channel_messages import ChannelInviteArgs, ChannelLostArgs
from bot.domain.kinds import DeliveryKind
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import LEASE, Claimed
from bot.store.tables import Delivery
from tests.databases import on_both
from tests.factories import NOON
from tests.store.lanes import a_delivery, back, delivery, end, lane, put, take

pytestmark = on_both

SECOND = timedelta(seconds=1)


def let_go(db: Database, claimed: Claimed, *, at: datetime = NOON) -> None:
    with db.transaction() as tx:
        claims.let_go(tx, claimed, real=at)


def ended_but_held(db: Database, name: str) -> Claimed:
    """A claim that has ended and whose lane was left leased, for what else was woken."""
    claimed = take(db)[name]
    assert end(db, claimed, free=False)
    return claimed


def test_a_lane_that_was_left_leased_is_let_go_of(db: Database) -> None:
    put(db, a_delivery("first"), a_delivery("second"))
    claimed = ended_but_held(db, "first")
    assert take(db) == {}
    let_go(db, claimed)
    assert list(take(db)) == ["second"]


def test_a_lane_that_another_worker_holds_by_now_is_not_let_go_of(db: Database) -> None:
    put(db, a_delivery("first"), a_delivery("second"), a_delivery("third"))
    claimed = ended_but_held(db, "first")
    later = NOON + LEASE
    put(db, a_delivery("idle", "person/U2", due_at=later + SECOND))
    assert list(take(db, at=later)) == ["second"], "its lease has run out"
    let_go(db, claimed, at=later)
    assert take(db, at=later) == {}
    assert lane(db).busy_until == later + LEASE


def renew(db: Database, claimed: Claimed, until: datetime) -> bool:
    with db.transaction() as tx:
        return claims.renew(tx, claimed, until=until)


def test_a_claim_is_held_for_longer(db: Database) -> None:
    put(db, a_delivery("first"), a_delivery("other", "person/U2"))
    claimed = take(db)["first"]
    assert renew(db, claimed, NOON + 2 * LEASE)
    assert lane(db).busy_until == delivery(db, "first").lease_until == NOON + 2 * LEASE
    assert lane(db, "person/U2").busy_until == delivery(db, "other").lease_until == NOON + LEASE
    end(db, take(db, at=NOON + LEASE)["other"])
    assert take(db, at=NOON + 2 * LEASE - SECOND) == {}
    assert end(db, claimed, at=NOON + 2 * LEASE - SECOND)


def test_a_claim_that_another_worker_holds_by_now_is_not_held_for_longer(db: Database) -> None:
    put(db, a_delivery("first"))
    lost = take(db)["first"]
    held = take(db, at=NOON + LEASE)["first"]
    assert not renew(db, lost, NOON + 9 * LEASE)
    assert lane(db).busy_until == delivery(db, "first").lease_until == NOON + 2 * LEASE
    assert renew(db, held, NOON + 3 * LEASE)


def test_a_claim_that_is_over_is_not_held_for_longer(db: Database) -> None:
    put(db, a_delivery("first"), a_delivery("second"))
    claimed = take(db)["first"]
    assert end(db, claimed)
    assert not renew(db, claimed, NOON + 9 * LEASE)
    assert list(take(db)) == ["second"]
    put(db, a_delivery("third", "person/U2"))
    back(db, (third := take(db)["third"]))
    assert not renew(db, third, NOON + 9 * LEASE)
    assert list(take(db)) == ["third"]


def test_arguments_that_cannot_be_read_hold_up_no_other_delivery(db: Database) -> None:
    lost, invited = DeliveryKind.CHANNEL_LOST, DeliveryKind.CHANNEL_INVITE
    put(db, a_delivery("unreadable", "person/A", kind=lost, args=ChannelLostArgs(NOON)))
    put(db, a_delivery("good", "person/B", kind=invited, args=ChannelInviteArgs(("U1",))))
    with db.transaction() as tx:
        broken = update(Delivery).where(col(Delivery.kind) == lost)
        tx.execute(broken.values(args={"again_at": "soon"}))
    claimed = take(db)
    assert claimed["good"].args == ChannelInviteArgs(("U1",))
    with pytest.raises(ValueError, match="soon"):
        _ = claimed["unreadable"].args
