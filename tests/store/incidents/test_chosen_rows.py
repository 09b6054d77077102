"""Escalations that are looked up one by one: for an export, and for the tasks in a digest."""

from bot.policy import Policy
from bot.store.database import Database
from bot.store.digests import runs
from bot.store.incidents import incident_rows
from tests.databases import on_both
from tests.factories import an_incident

pytestmark = on_both


def test_a_batch_of_one_number_is_that_escalation(db: Database, policy: Policy) -> None:
    first, _ = (an_incident(db, policy).head.id for _ in range(2))
    with db.reading() as tx:
        found = incident_rows.batch(tx, after="", number=1, limit=5)
    assert [incident.id for incident in found] == [first]


def test_a_digest_reads_the_escalations_that_its_tasks_name(db: Database, policy: Policy) -> None:
    first, _, last = (an_incident(db, policy).head.id for _ in range(3))
    with db.reading() as tx:
        found = {counted.id for counted in runs.incidents_with(tx, [first, last])}
    assert found == {first, last}
