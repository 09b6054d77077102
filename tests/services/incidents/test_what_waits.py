"""Lists and the Home tab show what waits: the reader's own pages, and teams that are late."""

from datetime import timedelta

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.ids import TeamKey
from bot.domain.incidents.severity import Severity
from bot.policy import Policy
from bot.render.incidents.answers import listing
from bot.render.incidents.home import home
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.incidents import home as incidents_home
from bot.services.incidents import lists
from bot.services.paging import answers
from bot.store.database import Database
from tests.databases import on_both
from tests.factories import MEI, NOON, PRIYA, an_act, an_incident, people
from tests.services import scene

LEGAL = TeamKey("legal")
ACK = "waits for you to acknowledge"
LATE = NOON + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


@on_both
@pytest.mark.parametrize("tier", list(Tier))
def test_list_mine_begins_with_the_escalations_that_page_you(
    db: Database, policy: Policy, tier: Tier
) -> None:
    an_incident(db, policy, an_act(PRIYA), teams=(), severity=Severity.P0)
    an_incident(db, policy, an_act(MEI), teams=(LEGAL,), tier=tier)
    an_incident(db, policy, an_act(MEI), teams=())
    seen = lists.listing(db, policy, an_act(PRIYA), "mine")
    assert [head.reference for head in seen.heads] == ["ESC-2", "ESC-1"]
    assert seen.total == 2
    said = str(listing(Wording(policy, Templates()), seen).blocks)
    assert said.count(ACK) == 1
    assert said.index("ESC-2") < said.index(ACK) < said.index("ESC-1")
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    after = lists.listing(db, policy, an_act(PRIYA), "mine")
    assert [head.reference for head in after.heads] == ["ESC-1", "ESC-2"]
    assert ACK not in str(listing(Wording(policy, Templates()), after).blocks)


def test_home_counts_the_teams_that_are_late_as_list_does(db: Database, policy: Policy) -> None:
    an_incident(db, policy, an_act(MEI), teams=(LEGAL, TeamKey("pr")))
    wording = Wording(policy, Templates())
    for at, late in ((NOON, False), (LATE, True)):
        seen = incidents_home.home_of(db, an_act(MEI, now=at))
        listed = lists.listing(db, policy, an_act(MEI, now=at), "open")
        assert seen.overdue_pages == listed.overdue_pages
        assert ("*2 teams overdue*" in str(home(wording, seen))) is late


def test_of_a_restricted_one_home_does_not_say_who_is_late(db: Database, policy: Policy) -> None:
    an_incident(db, policy, an_act(MEI), teams=(LEGAL,), tier=Tier.RESTRICTED)
    seen = incidents_home.home_of(db, an_act(PRIYA, now=LATE))
    assert seen.overdue_pages == {}
    assert "overdue*" not in str(home(Wording(policy, Templates()), seen)["blocks"][-1])
