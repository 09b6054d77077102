"""News that comes late says when it happened, also once it is edited."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.domain.access.visibility import Tier
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.access import requests
from bot.services.incidents import lifecycle
from bot.store.database import Database
from bot.store.tables import Delivery
from tests.factories import DANIEL, MEI, NOON, TOM, an_act, an_incident, people
from tests.services import scene
from tests.truth import anew

NEWS = (DeliveryKind.NOTICE, DeliveryKind.ASSIGNED, DeliveryKind.ACCESS_REQUEST)


@pytest.fixture
def told(db: Database, policy: Policy) -> None:
    people(db, policy)
    opened = an_incident(db, policy, tier=Tier.RESTRICTED, teams=()).head.id
    scene.send(db, policy)
    lifecycle.assign(db, an_act(MEI), opened, TOM)
    lifecycle.post_update(db, an_act(MEI), opened, "They called")
    requests.request_access(db, policy, an_act(DANIEL), opened)


@pytest.mark.parametrize(("minutes", "since"), [(3, None), (4, NOON)])
@pytest.mark.usefixtures("told")
def test_news_that_comes_late_says_when_it_happened(
    db: Database, policy: Policy, minutes: int, since: object
) -> None:
    sent = scene.send(db, policy, NOON + timedelta(minutes=minutes))
    found = {kind: scene.letters(sent, kind)[-1].since for kind in NEWS}
    assert found == dict.fromkeys(NEWS, since)


@pytest.mark.parametrize("minutes", [1, 90])
@pytest.mark.usefixtures("told")
def test_an_edit_goes_by_when_it_was_posted(db: Database, policy: Policy, minutes: int) -> None:
    posted = NOON + timedelta(minutes=minutes)
    scene.send(db, policy, posted)
    [row] = scene.outgoing_rows(db, DeliveryKind.ASSIGNED)
    with db.transaction() as tx:
        named = update(Delivery).where(col(Delivery.id) == row.id)
        tx.execute(named.values(slack_ts=f"{posted.timestamp():.6f}"))
    letter = anew(db, policy, row, NOON + timedelta(days=1))
    assert letter is not None
    assert letter.since == (NOON if minutes > 3 else None)
