"""Which incidents a digest's period has."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.act import Workspace
from bot.policy import Policy
from bot.services.incidents import lifecycle
from bot.store.database import Database
from bot.store.digests import runs
from tests.databases import on_both
from tests.factories import NOON, WORKSPACE, an_act, an_incident, people

pytestmark = on_both

DAY = timedelta(days=1)
WEEK = 7 * DAY


def of_the_week(db: Database, since: datetime) -> list[str]:
    with db.reading() as tx:
        return [one.id for one in runs.incidents_since(tx, WORKSPACE, since, since + WEEK)]


def test_an_incident_opened_as_a_period_ends_belongs_to_the_next(
    db: Database, policy: Policy
) -> None:
    opened = an_incident(db, policy).head.id
    assert of_the_week(db, NOON - WEEK) == []
    assert of_the_week(db, NOON) == [opened]
    assert of_the_week(db, NOON + WEEK) == [opened], "it is still open"


@pytest.mark.parametrize(
    ("ended", "is_there"), [(-timedelta(seconds=1), False), (timedelta(0), True), (DAY, True)]
)
def test_an_incident_that_has_ended_belongs_to_the_periods_until_then(
    db: Database, policy: Policy, ended: timedelta, is_there: bool
) -> None:
    people(db, policy)
    before = NOON - DAY
    opened = an_incident(db, policy, an_act(now=before)).head.id
    lifecycle.decline(db, an_act(now=NOON + ended), opened, "not ours")
    assert of_the_week(db, NOON) == ([opened] if is_there else [])
    assert of_the_week(db, before) == [opened]


@pytest.mark.parametrize("ends", [False, True])
def test_an_incident_of_another_workspace_belongs_to_none(
    db: Database, policy: Policy, ends: bool
) -> None:
    act = replace(an_act(), workspace=Workspace("T0OTHER"))
    opened = an_incident(db, policy, act).head.id
    if ends:
        lifecycle.decline(db, act, opened, "not ours")
    assert of_the_week(db, NOON) == []
