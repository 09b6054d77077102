"""Slack knows no time zone of somebody: the policy's is meant, never UTC."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.fallback.ways import Link
from bot.domain.ids import PageId
from bot.policy import Policy
from bot.services.access import identity
from bot.services.fallback import link_page
from bot.store.database import Database
from bot.store.people import people_and_groups as stored
from tests.databases import on_both
from tests.factories import MEI, PRIYA, WORKSPACE, an_act, an_incident, people
from tests.services import scene

NEW_YORK = ZoneInfo("America/New_York")
NO_ZONE: dict[str, dict[str, Any]] = {
    "null": {"tz": None},
    "empty": {"tz": ""},
    "missing": {},
    "unknown": {"tz": "Mars/Olympus"},
    "a folder": {"tz": "America"},
    "a path": {"tz": "../../etc/passwd"},
    "too long": {"tz": "x" * 300},
    "no text": {"tz": 8},
}


@pytest.fixture
def there(policy: Policy) -> Policy:
    return replace(policy, default_zone=NEW_YORK)


@pytest.mark.parametrize("described", NO_ZONE.values(), ids=NO_ZONE)
def test_without_a_zone_a_person_thinks_in_the_policys(
    db: Database, there: Policy, described: dict[str, Any]
) -> None:
    people(db, there, U0MEI=described)
    assert identity.zone_of(db, there, an_act(MEI)) == NEW_YORK


@pytest.mark.parametrize("described", NO_ZONE.values(), ids=NO_ZONE)
def test_and_reads_times_in_it_outside_slack(
    db: Database, there: Policy, described: dict[str, Any]
) -> None:
    people(db, there, U0PRIYA=described)
    an_incident(db, there)
    link = Link(PageId(scene.page_of(db, PRIYA)), PRIYA, an_act().now)
    assert link_page.look(db, there, link, an_act().now).page.zone == "America/New_York"


def test_a_zone_that_slack_tells_is_theirs(db: Database, there: Policy) -> None:
    people(db, there, U0MEI={"tz": "Asia/Kolkata"}, U0TOM={"tz": "UTC"})
    assert identity.zone_of(db, there, an_act(MEI)) == ZoneInfo("Asia/Kolkata")
    assert identity.zone_of(db, there, an_act("U0TOM")) == ZoneInfo("UTC")


@on_both
def test_somebody_whom_slack_never_described_has_the_policys_too(
    db: Database, there: Policy
) -> None:
    with db.transaction() as tx:
        stored.mark_gone(tx, WORKSPACE, "U0LEFT", an_act().now)
    assert identity.zone_of(db, there, an_act("U0LEFT")) == NEW_YORK
    assert identity.zone_of(db, there, an_act("U0NEVER")) == NEW_YORK
