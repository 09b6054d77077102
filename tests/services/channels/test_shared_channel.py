"""Incidents without a channel of their own live as threads in one, and share its lane."""

import pytest

from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import refusals
from bot.services.delivery.results import At, Refusal
from bot.services.incidents import lifecycle
from bot.store.database import Database
from bot.store.delivery import claims
from tests.factories import MEI, NOON, an_act, an_incident, people
from tests.services import scene


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def test_what_is_said_in_a_shared_channel_goes_out_in_one_lane(
    db: Database, policy: Policy
) -> None:
    opened = [an_incident(db, policy, teams=()) for _ in range(2)]
    with db.transaction() as tx:
        rooms = claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=9)
    for room in rooms:
        assert room.kind is DeliveryKind.CHANNEL_CREATE
        refusals.rejected(MESSAGES, db, policy, room, Refusal("restricted_action"), At(NOON, NOON))
    for one in opened:
        lifecycle.post_update(db, an_act(MEI), one.head.id, "said in the thread")
    said = [
        row
        for kind in (DeliveryKind.CARD_POST, DeliveryKind.NOTICE)
        for row in scene.waiting(db, kind)
    ]
    assert len(said) >= 4
    shared = f"{said[0].team_id}/channel/{policy.channel.shared}"
    assert {row.lane for row in said} == {shared}
