"""Messages about an escalation or another subject that has been deleted meanwhile."""

from datetime import timedelta

import pytest

from bot.domain.delivery.message_args import stored
from bot.domain.ids import DeliveryId
from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import MESSAGES, ROWS
from bot.policy import Policy
from bot.services.delivery import outgoing
from bot.services.delivery.content import NothingToSay
from bot.store.database import Database
from bot.store.delivery.claims import Claimed, ClaimOf
from tests.factories import MEI, NOON, WORKSPACE, people
from tests.kinds.test_every_kind import filled


def an_orphan(kind: DeliveryKind) -> Claimed:
    return ClaimOf(
        id=DeliveryId("01ORPHAN"),
        workspace=WORKSPACE,
        lease_until=NOON + timedelta(minutes=1),
        kind=kind,
        priority=1,
        subject="01GONE",
        incident_id="01GONE",
        target=MEI,
        thread_ts=None,
        stored_args=stored(filled(ROWS[kind].args)),
        lane="lane",
        fence=1,
        attempts=1,
        lookups=0,
        due_at=NOON,
        wanted_at=NOON,
        created_at=NOON,
        uncertain=False,
        merge_key=None,
        reads=ROWS[kind].args,
    )


@pytest.mark.parametrize("kind", [kind for kind, row in ROWS.items() if row.look_up])
def test_nothing_is_said_of_what_is_gone(db: Database, policy: Policy, kind: DeliveryKind) -> None:
    people(db, policy)
    said = outgoing.prepare(MESSAGES, db, policy, an_orphan(kind), NOON)
    assert isinstance(said, NothingToSay)


@pytest.mark.parametrize("kind", [kind for kind, row in ROWS.items() if row.stands])
def test_a_message_about_what_is_gone_is_not_edited(
    db: Database, policy: Policy, kind: DeliveryKind
) -> None:
    people(db, policy)
    orphan, stands = an_orphan(kind), ROWS[kind].stands
    assert stands is not None
    with db.reading() as tx:
        said = stands(MESSAGES.lookups(tx, [orphan]), policy, orphan, NOON)
    assert isinstance(said, NothingToSay)
