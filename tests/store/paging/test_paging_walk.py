"""A walk through the store: open, claim, send, step, acknowledge."""

from datetime import timedelta

from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import RunState
from bot.kinds.due_work import DUE_WORK
from bot.kinds.messages import MESSAGES
from bot.policy import Policy
from bot.services.delivery import outcomes
from bot.services.delivery.results import Accepted, At
from bot.services.duework import firing
from bot.services.incidents import queries
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from bot.store.duework import timers
from tests.databases import on_both
from tests.factories import NOON, PRIYA, an_act, an_incident, people

pytestmark = on_both


def claim_all(db: Database) -> list[Claimed]:
    with db.transaction() as tx:
        return claims.claim(tx, kinds=MESSAGES.args, now=NOON, real=NOON, limit=50)


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
        outcomes.sent(MESSAGES, db, c, Accepted("D1", "1.1"), At(NOON, NOON))
    later = NOON + timedelta(minutes=16)
    with db.transaction() as tx:
        due = timers.claim(tx, now=later, real=later, limit=10)
    assert len(due) == 3
    page = next(c for c in claimed if c.target == PRIYA)
    answers.acknowledge(db, an_act(PRIYA, minutes=5), page.subject)
    for work in due:
        firing.fire(DUE_WORK, db, policy, work, later)
    details = queries.details(db, an_act(), opened.head.id)
    states = {row.team: row.state for row in details.card.teams}
    assert states[TeamKey("legal")] is RunState.ACKNOWLEDGED
    assert states[TeamKey("pr")] is RunState.PAGING
