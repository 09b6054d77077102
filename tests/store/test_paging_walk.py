"""A walk through the store: open, claim, send, step, acknowledge."""

from datetime import timedelta

from bot.domain.duework import DeliveryKind
from bot.domain.ids import TeamKey
from bot.domain.paging import RunState
from bot.policy import Policy
from bot.services import answering, delivered, duework, reading
from bot.services.delivered import Accepted, At
from bot.store import claims, timers
from bot.store.claims import Claimed
from bot.store.database import Database
from tests.factories import NOON, PRIYA, an_act, an_incident, people


def claim_all(db: Database) -> list[Claimed]:
    with db.transaction() as tx:
        return claims.claim(tx, now=NOON, real=NOON, limit=50)


def test_each_team_is_paged_and_only_the_acknowledged_one_stops(
    db: Database, policy: Policy
) -> None:
    people(db, policy)
    opened = an_incident(db, policy)
    assert opened.head.reference == "ESC-1"
    claimed = claim_all(db)
    assert [c.kind for c in claimed].count(DeliveryKind.PAGE) == 3
    assert {c.target for c in claimed if c.kind is DeliveryKind.PAGE} == {
        target for row in opened.paged for target in row.paged
    }
    assert claim_all(db) == []
    for c in claimed:
        delivered.sent(db, c, Accepted("D1", "1.1"), At(NOON, NOON))
    later = NOON + timedelta(minutes=16)
    with db.transaction() as tx:
        due = timers.claim(tx, now=later, real=later, limit=10)
    assert len(due) == 3
    page = next(c for c in claimed if c.target == PRIYA)
    answering.acknowledge(db, an_act(PRIYA, minutes=5), page.subject)
    for work in due:
        duework.fire(db, policy, work, later)
    details = reading.details(db, an_act(), opened.head.id)
    states = {row.team: row.state for row in details.card.teams}
    assert states[TeamKey("legal")] is RunState.ACKNOWLEDGED
    assert states[TeamKey("pr")] is RunState.PAGING
