"""Which pages wait for Slack, and in which order they are worked around."""

import pytest

from bot.domain.delivery import lanes
from bot.policy import Policy
from bot.services.paging.starting import page_person
from bot.store.database import Database
from bot.store.fallback import unsent_pages
from tests.databases import on_both
from tests.factories import DANIEL, PRIYA, WORKSPACE, an_act, an_incident, people

pytestmark = on_both


@pytest.mark.parametrize("at_once", [100, 1])
def test_the_oldest_pages_behind_a_limit_come_first(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(unsent_pages, "_AT_ONCE", at_once)
    people(db, policy)
    opened = [an_incident(db, policy, teams=()).head.id for _ in range(2)]
    for incident_id, user in zip(opened, (PRIYA, DANIEL), strict=True):
        page_person(db, policy, an_act(), incident_id, user)
    theirs = [lanes.stored(WORKSPACE.team_id, lanes.of_person(user)) for user in (DANIEL, PRIYA)]
    with db.reading() as tx:
        waiting = unsent_pages.behind(tx, theirs)
    assert [one.incident_id for one in waiting] == opened[:at_once]
