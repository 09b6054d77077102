"""Each period of a digest goes out exactly once."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import BadInput
from bot.domain.kinds import DeliveryKind
from bot.domain.problems.names import NoDigest
from bot.policy import Policy
from bot.services.digests import digest
from bot.store.database import Database
from tests.databases import on_both
from tests.factories import WORKSPACE, an_act
from tests.services import scene

pytestmark = on_both

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Singapore


def planned(db: Database, policy: Policy, at: datetime) -> list[bool]:
    """Plan; return of each digest that was put into the outbox whether it is late."""
    before = {row.id for row in scene.outgoing_rows(db)}
    digest.plan_due(db, policy, WORKSPACE, at)
    new = [row for row in scene.outgoing_rows(db, DeliveryKind.DIGEST) if row.id not in before]
    return [row.args["late_since"] is not None for row in new]


@pytest.fixture
def one(policy: Policy) -> Policy:
    rule = replace(policy.digests[0], channels=("C0LEADERSHIP",), people=())
    return replace(policy, digests=(rule,))


def test_the_first_sight_of_a_schedule_sends_nothing_of_the_past(db: Database, one: Policy) -> None:
    assert planned(db, one, MONDAY - HOUR) == []
    assert planned(db, one, MONDAY) == [False]


def test_a_period_goes_out_once_whatever_restarts(db: Database, one: Policy) -> None:
    planned(db, one, MONDAY - DAY)
    assert planned(db, one, MONDAY + timedelta(minutes=1)) == [False]
    for minutes in range(0, 7 * 24 * 60 - 2, 300):
        assert planned(db, one, MONDAY + timedelta(minutes=minutes + 1)) == []
    assert planned(db, one, MONDAY + 7 * DAY) == [False]


def test_after_eight_days_down_one_is_made_up_for_marked_late(db: Database, one: Policy) -> None:
    planned(db, one, MONDAY - DAY)
    assert planned(db, one, MONDAY) == [False]
    assert planned(db, one, MONDAY + 15 * DAY) == [True]
    assert planned(db, one, MONDAY + 16 * DAY) == []
    assert planned(db, one, MONDAY + 21 * DAY) == [False]


@pytest.mark.parametrize("sunday", [datetime(2026, 3, 8), datetime(2026, 11, 1)])  # noqa: DTZ001
def test_the_nights_on_which_the_clocks_change_have_one_digest(
    db: Database, one: Policy, sunday: datetime
) -> None:
    zone = ZoneInfo("America/New_York")
    rule = replace(one.digests[0], weekday=6, at=time(1, 30), zone=zone)
    rule = replace(rule, at=time(2, 30) if sunday.month == 3 else time(1, 30))
    policy = replace(one, digests=(rule,))
    night = sunday.replace(tzinfo=UTC)
    planned(db, policy, night - DAY)
    sent = sum(len(planned(db, policy, night + step * HOUR / 4)) for step in range(4 * 48))
    assert sent == 1


def test_a_digest_that_the_policy_dropped_is_moot(db: Database, one: Policy) -> None:
    planned(db, one, MONDAY - DAY)
    planned(db, one, MONDAY)
    sent = scene.send(db, replace(one, digests=()), MONDAY)
    assert scene.letters(sent, DeliveryKind.DIGEST) == []


def test_without_a_digest_in_the_policy_there_is_none_to_send(db: Database, policy: Policy) -> None:
    with pytest.raises(BadInput) as refused:
        digest.send_now(db, replace(policy, digests=()), an_act(), None)
    assert refused.value.problem == NoDigest()
    assert not scene.outgoing_rows(db, DeliveryKind.DIGEST)
