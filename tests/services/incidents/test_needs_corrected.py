"""What is needed is corrected as the title is: in every message, by the same people."""

from datetime import timedelta

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import FormErrors, NoAccess, NothingToDo, NotPermitted
from bot.domain.ids import TeamKey, UserId
from bot.domain.incidents.needs import Need
from bot.domain.incidents.results import Correction
from bot.domain.incidents.timeline import EntryKind
from bot.domain.incidents.views import Notice
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.page_messages import PageMessage
from bot.policy import Policy
from bot.services.incidents import corrections, lifecycle, queries
from bot.services.paging import answers
from bot.store.database import Database
from tests.databases import on_both
from tests.factories import MEI, NOON, PRIYA, SOFIA, TOM, an_act, an_incident, people
from tests.problems import in_words
from tests.services import scene

LEGAL, PR = TeamKey("legal"), TeamKey("pr")
WRONG = (Need("May we suspend Zyxomma?", (LEGAL,)),)
RIGHT = (Need("May we suspend Abraxas?", (LEGAL,)), Need("Answer by 17:00"))
TO_RIGHT = Correction(needs=RIGHT)
NOOR = UserId("U0NOOR")
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def opened(db: Database, policy: Policy) -> str:
    people(db, policy, U0NOOR={})
    return an_incident(db, policy, an_act(TOM), teams=(LEGAL,), needs=WRONG).head.id


@on_both
def test_the_page_and_the_timeline_have_the_new_one(
    db: Database, policy: Policy, opened: str
) -> None:
    scene.send(db, policy, NOON)
    corrections.correct(db, policy, an_act(MEI), opened, TO_RIGHT)
    edited = scene.letters(scene.send(db, policy, LATER), DeliveryKind.PAGE_UPDATE)
    read = {one.view.target: one.view.needed for one in edited if isinstance(one.view, PageMessage)}
    assert read == {PRIYA: "May we suspend Abraxas?\nAnswer by 17:00"}
    details = queries.details(db, an_act(MEI), opened, None)
    assert details.card.head.needs == RIGHT
    [entry] = [one for one in details.entries if one.kind is EntryKind.EDITED]
    assert entry.data == {
        "field": "needs",
        "from": [need.to_json() for need in WRONG],
        "to": [need.to_json() for need in RIGHT],
    }
    with pytest.raises(NothingToDo):
        corrections.correct(db, policy, an_act(MEI), opened, TO_RIGHT)


def test_those_at_work_read_the_new_one_in_the_channel(
    db: Database, policy: Policy, opened: str
) -> None:
    scene.send(db, policy, NOON)
    answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
    corrections.correct(db, policy, an_act(MEI), opened, TO_RIGHT)
    notices = scene.letters(scene.send(db, policy, LATER), DeliveryKind.NOTICE)
    edited = [one.view for one in notices if isinstance(one.view, Notice)]
    assert [one.entry.data["to"] for one in edited if one.entry.kind is EntryKind.EDITED] == [
        [need.to_json() for need in RIGHT]
    ]


def test_it_takes_what_a_title_takes(db: Database, policy: Policy, opened: str) -> None:
    for wanted in (TO_RIGHT, Correction(title="Another")):
        with pytest.raises(NotPermitted):
            corrections.correct(db, policy, an_act(NOOR, role=Role.MEMBER), opened, wanted)
    corrections.correct(db, policy, an_act(MEI), opened, Correction(tier=Tier.RESTRICTED))
    for wanted in (TO_RIGHT, Correction(title="Another")):
        with pytest.raises(NoAccess):
            corrections.correct(db, policy, an_act(SOFIA, role=Role.RESPONDER), opened, wanted)
    corrections.correct(db, policy, an_act(MEI), opened, TO_RIGHT)
    told = scene.letters(scene.send(db, policy, NOON), DeliveryKind.PAGE)
    assert "Abraxas" not in str([one.view for one in told])


def test_a_line_that_would_reach_no_one_is_refused(
    db: Database, policy: Policy, opened: str
) -> None:
    for needs, said in (
        ((Need("Who speaks?", (PR,)),), "PR is not being paged"),
        ((Need("x" * 1_200),), "200 characters too long: it has 1,200, of 1,000."),
        ((Need("x" * 1_001),), "1 character too long: it has 1,001, of 1,000."),
    ):
        with pytest.raises(FormErrors) as refused:
            corrections.correct(db, policy, an_act(MEI), opened, Correction(needs=needs))
        assert said in in_words(refused.value.errors["needs"])
    assert queries.head(db, an_act(MEI), opened).needs == WRONG


def test_a_team_whose_page_was_withdrawn_is_asked_nothing_new(
    db: Database, policy: Policy, opened: str
) -> None:
    lifecycle.decline(db, an_act(MEI), opened, "not ours")
    lifecycle.reopen(db, an_act(MEI), opened, "it is back")
    with pytest.raises(FormErrors) as refused:
        corrections.correct(db, policy, an_act(MEI), opened, TO_RIGHT)
    assert "Legal is not being paged" in in_words(refused.value.errors["needs"])
    kept = Correction(needs=(*WRONG, Need("Answer by 17:00")))
    assert "needs" in corrections.correct(db, policy, an_act(MEI), opened, kept).fields


def test_where_only_item_ids_are_kept_nothing_is_needed(
    db: Database, policy: Policy, opened: str
) -> None:
    to_ids = Correction(category="suspected-csam", references=("item-1",), needs=WRONG)
    corrected = corrections.correct(db, policy, an_act(MEI), opened, to_ids)
    assert "needs" not in corrected.fields
    assert scene.incident(db, opened).needs == []
    with pytest.raises(FormErrors):
        corrections.correct(db, policy, an_act(MEI), opened, TO_RIGHT)


def test_it_is_corrected_after_the_end_too(db: Database, policy: Policy, opened: str) -> None:
    lifecycle.decline(db, an_act(MEI), opened, "spam")
    corrections.correct(db, policy, an_act(MEI), opened, TO_RIGHT)
    assert queries.head(db, an_act(MEI), opened).needs == RIGHT
