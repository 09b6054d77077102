"""A channel that a person has unarchived, or to which the bot was brought back."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.channels import channel
from bot.store.database import Database
from bot.store.tables import Incident
from bot.store.tables.states import ChannelState
from tests.factories import NOON, an_act, an_incident, people
from tests.services import scene


@pytest.mark.parametrize("card", ["1.1", None], ids=["with its card", "without"])
def test_a_card_that_was_not_posted_before_is_posted_once_it_is_back(
    db: Database, policy: Policy, card: str | None
) -> None:
    people(db, policy)
    incident_id = an_incident(db, policy, teams=()).head.id
    scene.send(db, policy)
    lost = {"room": ChannelState.ARCHIVED, "card_ts": card}
    with db.transaction() as tx:
        tx.execute(update(Incident).where(col(Incident.id) == incident_id).values(**lost))
    found = scene.incident(db, incident_id).channel_id
    assert found is not None
    with db.transaction() as tx:
        channel.channel_restored(tx, an_act(now=NOON, minutes=5), incident_id, found)
    assert len(scene.waiting(db, DeliveryKind.CARD_POST)) == (0 if card else 1)
    assert scene.incident(db, incident_id).room is ChannelState.CHANNEL
