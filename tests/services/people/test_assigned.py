"""The message to a new owner goes to the person who still is the owner."""

from datetime import timedelta

import pytest

from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.incidents import lifecycle
from bot.store.database import Database
from tests.factories import MEI, NOON, SOFIA, TOM, an_act, an_incident, people
from tests.services import scene


@pytest.mark.parametrize(
    ("owners", "ends", "told"),
    [((TOM,), False, [TOM]), ((TOM, SOFIA), False, [SOFIA]), ((TOM,), True, [])],
    ids=["at once", "passed on meanwhile", "ended meanwhile"],
)
def test_only_the_owner_of_an_open_escalation_is_told(
    db: Database, policy: Policy, owners: tuple[UserId, ...], ends: bool, told: list[str]
) -> None:
    people(db, policy)
    incident_id = an_incident(db, policy, teams=()).head.id
    for minute, owner in enumerate(owners, start=1):
        lifecycle.assign(db, an_act(MEI, minutes=minute), incident_id, owner)
    if ends:
        lifecycle.decline(db, an_act(MEI, minutes=5), incident_id, "not ours")
    assert (
        scene.told(scene.send(db, policy, NOON + timedelta(minutes=5)), DeliveryKind.ASSIGNED)
        == told
    )
