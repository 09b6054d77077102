"""An answer withdraws what waits for a gateway; what one has in hand says nothing any more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.fallback.ways import FallbackWay, OutsideArgs
from bot.domain.ids import TeamKey
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import OUTSIDE, DeliveryKind
from bot.policy import FallbackRule, Policy
from bot.services.delivery.content import NothingToSay
from bot.services.delivery.results import At
from bot.services.fallback import unsent as fallback_unsent
from bot.services.fallback.unsent import Errand
from bot.services.incidents import lifecycle
from bot.services.paging import answers
from bot.store.database import Database
from bot.store.delivery import claims
from bot.store.delivery.claims import ClaimOf
from tests.factories import NOON, PRIYA, TOM, an_act, an_incident, people
from tests.services import scene

LEGAL = TeamKey("legal")
LATE = NOON + timedelta(minutes=3)
MAIL = FallbackWay("email", "priya@example.com")

Ending = Callable[[Database, Policy], object]


def acknowledged(db: Database, _policy: Policy) -> object:
    return answers.acknowledge(db, an_act(PRIYA, minutes=3), scene.page_of(db, PRIYA))


def acknowledged_by_the_backup(db: Database, _policy: Policy) -> object:
    return answers.acknowledge(db, an_act(TOM, minutes=3), scene.page_of(db, PRIYA))


def ended(db: Database, policy: Policy) -> object:
    incident_id = scene.runs(db)[0].incident_id
    cause = next(iter(policy.root_causes))
    return lifecycle.resolve(db, policy, an_act(minutes=3), incident_id, root_cause=cause)


ENDINGS = (acknowledged, acknowledged_by_the_backup, ended)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


@pytest.fixture
def reachable(policy: Policy) -> Policy:
    rule = FallbackRule({Severity.P1: timedelta(minutes=2)}, {PRIYA: (MAIL,)})
    return replace(policy, fallback=rule)


def unsent(db: Database, policy: Policy) -> None:
    """A page that Slack has not taken in time, on its way past it."""
    an_incident(db, policy, teams=(LEGAL,))
    at = At(LATE, LATE)
    assert fallback_unsent.send(db, policy, at, fallback_unsent.overdue(db, policy, at)) == 1


def state(db: Database) -> DeliveryState:
    [row] = scene.outgoing_rows(db, DeliveryKind.FALLBACK)
    return row.state


def claimed(db: Database) -> list[ClaimOf[OutsideArgs]]:
    kinds = dict.fromkeys(OUTSIDE, OutsideArgs)
    with db.transaction() as tx:
        return claims.claim(tx, kinds=kinds, now=LATE, real=LATE, limit=5, outside=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_no_gateway_has_in_hand_is_withdrawn(
    db: Database, reachable: Policy, ending: Ending
) -> None:
    unsent(db, reachable)
    assert state(db) is DeliveryState.DUE
    ending(db, reachable)
    assert state(db) is DeliveryState.CANCELLED
    assert claimed(db) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_a_gateway_has_in_hand_says_nothing_any_more(
    db: Database, reachable: Policy, ending: Ending
) -> None:
    unsent(db, reachable)
    [held] = claimed(db)
    assert isinstance(fallback_unsent.prepare(db, reachable, held), Errand)
    ending(db, reachable)
    assert fallback_unsent.prepare(db, reachable, held) == NothingToSay(
        "acknowledged or withdrawn meanwhile"
    )


def test_nothing_more_goes_out_for_what_was_answered_a_moment_ago(
    db: Database, reachable: Policy
) -> None:
    an_incident(db, reachable, teams=(LEGAL,))
    at = At(LATE, LATE)
    late = fallback_unsent.overdue(db, reachable, at)
    assert [one.target for one in late] == [PRIYA]
    acknowledged(db, reachable)
    assert fallback_unsent.send(db, reachable, at, late) == 0
    assert scene.outgoing_rows(db, DeliveryKind.FALLBACK) == []
