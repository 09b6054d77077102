"""What is needed is on the page of everyone it is for, and nowhere that the title is not."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import FormErrors
from bot.domain.fallback.views_outside_slack import OutsidePage
from bot.domain.fallback.ways import Link
from bot.domain.ids import PageId, TeamKey, UserId
from bot.domain.incidents.needs import Need
from bot.domain.incidents.results import Correction
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.services.fallback import link_page
from bot.services.incidents import corrections, severity_changes
from bot.services.paging import answers, starting
from bot.store.database import Database
from tests.factories import DANIEL, NOON, PRIYA, SOFIA, an_act, an_incident, people
from tests.services import scene

LEGAL, PR = TeamKey("legal"), TeamKey("pr")
NEEDS = (Need("Answer by 17:00"), Need("May we suspend him?", (LEGAL,)))
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def pages(
    db: Database, policy: Policy, *kinds: DeliveryKind, minutes: int = 0
) -> dict[str, PageMessage]:
    """The newest page of each person, as it is sent or edited."""
    sent = scene.send(db, policy, NOON + timedelta(minutes=minutes))
    views = [letter.view for kind in kinds for letter in scene.letters(sent, kind)]
    return {view.target: view for view in views if isinstance(view, PageMessage)}


def outside(db: Database, policy: Policy, user: UserId) -> OutsidePage:
    page = PageId(scene.page_of(db, user))
    return link_page.look(db, policy, Link(page, user, NOON + DAY), NOON).page


def test_a_team_reads_its_own_lines_and_those_for_all(db: Database, policy: Policy) -> None:
    opened = an_incident(
        db,
        policy,
        teams=(LEGAL, PR),
        needs=NEEDS,
        criteria=("minor",),
        references=("item-1", "https://case.example/1"),
    )
    starting.page_person(db, policy, an_act(), opened.head.id, DANIEL, "the script")
    said = pages(db, policy, DeliveryKind.PAGE)
    assert said[PRIYA].needed == "Answer by 17:00\nMay we suspend him?"
    assert said[SOFIA].needed == "Answer by 17:00"
    assert said[DANIEL].needed == "Answer by 17:00"
    past = outside(db, policy, PRIYA)
    assert past.needed == said[PRIYA].needed
    assert (past.criteria, past.references, past.links) == (("minor",), 2, 1)


def test_a_team_that_a_rise_brings_in_reads_what_is_for_all(db: Database, policy: Policy) -> None:
    opened = an_incident(db, policy, severity=Severity.P2, teams=(LEGAL,), needs=NEEDS)
    scene.send(db, policy)
    severity_changes.set_severity(db, policy, an_act(), opened.head.id, Severity.P0)
    said = pages(db, policy, DeliveryKind.PAGE)
    assert said.pop(PRIYA).needed == "Answer by 17:00\nMay we suspend him?"
    assert said
    assert {view.needed for view in said.values()} == {"Answer by 17:00"}


def test_of_a_restricted_one_only_the_invited_read_it(db: Database, policy: Policy) -> None:
    restricted: dict[str, Any] = {
        "tier": Tier.RESTRICTED,
        "criteria": ("minor",),
        "references": ("item-1",),
    }
    an_incident(db, policy, teams=(LEGAL, PR), needs=NEEDS, **restricted)
    assert {view.needed for view in pages(db, policy, DeliveryKind.PAGE).values()} == {""}
    past = outside(db, policy, PRIYA)
    assert (past.needed, past.criteria, past.affected, past.references) == ("", (), (), 0)
    answers.acknowledge(db, an_act(PRIYA, role=Role.RESPONDER), scene.page_of(db, PRIYA))
    edited = pages(db, policy, DeliveryKind.PAGE_UPDATE, minutes=1)
    assert edited[PRIYA].needed == "Answer by 17:00\nMay we suspend him?"
    assert outside(db, policy, PRIYA).needed == ""


def test_a_line_for_a_team_that_is_not_paged_opens_nothing(db: Database, policy: Policy) -> None:
    with pytest.raises(FormErrors) as refused:
        an_incident(db, policy, teams=(PR,), needs=NEEDS)
    assert list(refused.value.errors) == ["needs"]
    assert scene.runs(db) == []


def test_of_item_ids_only_nothing_is_kept_and_a_correction_forgets_it(
    db: Database, policy: Policy
) -> None:
    csam: dict[str, Any] = {"category": "suspected-csam", "references": ("item-1",), "teams": None}
    assert an_incident(db, policy, needs=(Need("his face"),), **csam).head.needs == ()
    opened = an_incident(db, policy, needs=NEEDS)
    wanted = Correction(category="suspected-csam", references=("item-1",))
    corrections.correct(db, policy, an_act(), opened.head.id, wanted)
    assert scene.incident(db, opened.head.id).needs == []
    edited = pages(db, policy, DeliveryKind.PAGE, DeliveryKind.PAGE_UPDATE)
    assert {view.needed for view in edited.values()} == {""}
