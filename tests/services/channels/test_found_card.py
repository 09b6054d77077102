"""A card whose outcome was unknown, and that is found later, says what is true by then."""

from datetime import timedelta

import pytest

from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import outcomes
from bot.services.delivery.results import Accepted, At, Retry
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.delivery import claims, withdrawals
from bot.store.delivery.claims import Claimed
from tests.factories import NOON, PRIYA, an_act, an_incident, people
from tests.services import scene

ROOM = Accepted("C1", name="esc-1")
CARD = Accepted("C1", "1.1")


def claimed(db: Database, kind: DeliveryKind, minute: int) -> Claimed:
    """Take what is due, minute after minute, until it is a delivery of this kind."""
    for later in range(minute, minute + 10):
        at = At(NOON, NOON + timedelta(minutes=later))
        with db.transaction() as tx:
            taken = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=at.real, limit=100)
        for other in taken:
            if other.kind is not kind:
                outcomes.moot(db, other, "not asked", at)
        wanted = [one for one in taken if one.kind is kind]
        if wanted:
            return wanted[0]
    raise AssertionError(f"no {kind} is due")


@pytest.mark.parametrize("unknown", [False, True])
def test_a_card_that_was_looked_up_is_edited(db: Database, policy: Policy, unknown: bool) -> None:
    people(db, policy)
    an_incident(db, policy)
    outcomes.sent(MESSAGES, db, claimed(db, DeliveryKind.CHANNEL_CREATE, 1), ROOM, At(NOON, NOON))
    posting = claimed(db, DeliveryKind.CARD_POST, 20)
    if unknown:
        at = At(NOON, NOON + timedelta(minutes=40))
        outcomes.again(db, posting, Retry(timedelta(0), error="no answer", unknown=True), at)
        posting = claimed(db, DeliveryKind.CARD_POST, 60)
        assert posting.uncertain
    outcomes.sent(MESSAGES, db, posting, CARD, At(NOON, NOON + timedelta(minutes=90)))
    assert len(scene.waiting(db, DeliveryKind.CARD_UPDATE)) == int(unknown)


def test_a_page_that_is_found_after_it_was_declined_is_edited(db: Database, policy: Policy) -> None:
    """Its ladder goes on, so it is nobody's answer that ends it."""
    people(db, policy)
    an_incident(db, policy, teams=("legal",))
    lost = claimed(db, DeliveryKind.PAGE, 1)
    at = At(NOON, NOON + timedelta(minutes=1))
    outcomes.again(
        db, lost, Retry(timedelta(0), error="no answer", unknown=True, in_order=True), at
    )
    answers.decline(db, policy, an_act(PRIYA), lost.subject, "on a plane")
    with db.transaction() as tx:
        taken = claims.claim(
            tx, kinds=MESSAGES.args, now=NOON, real=NOON + timedelta(minutes=2), limit=100
        )
        [page] = [one for one in taken if one.subject == lost.subject]
        withdrawals.cancel(tx, [page.subject], [DeliveryKind.PAGE_UPDATE])
    outcomes.sent(MESSAGES, db, page, Accepted("D1", "1.1"), At(NOON, NOON + timedelta(minutes=2)))
    assert [row.subject for row in scene.waiting(db, DeliveryKind.PAGE_UPDATE)] == [page.subject]
