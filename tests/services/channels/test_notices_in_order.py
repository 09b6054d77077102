"""Notices keep the order in which they were written, also within one millisecond."""

from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.incidents import lifecycle
from bot.store.database import Database
from tests.factories import an_act, an_incident
from tests.services import scene


def test_updates_of_one_moment_are_sent_as_they_were_posted(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy, teams=()).head.id
    for number in range(8):
        lifecycle.post_update(db, an_act(), incident_id, f"update {number}")
    notices = sorted(scene.waiting(db, DeliveryKind.NOTICE), key=lambda one: (one.due_at, one.id))
    seqs = [one.args["seq"] for one in notices]
    assert len(seqs) == 8
    assert seqs == sorted(seqs)
