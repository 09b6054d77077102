"""A duplicate is closed only while its original is worked on, and its pages name it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.domain.access.visibility import Tier
from bot.domain.errors import OriginalEnded
from bot.domain.ids import TeamKey
from bot.domain.kinds import DeliveryKind
from bot.kinds.messages import words
from bot.policy import Policy
from bot.render.incidents import answers
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.incidents import lifecycle
from bot.services.paging import answers as paging_answers
from bot.store.database import Database
from bot.store.tables import Incident
from tests.databases import on_postgresql
from tests.factories import NOON, PRIYA, TOM, an_act, an_incident, people
from tests.services import scene

MINUTE = timedelta(minutes=1)
LEGAL = TeamKey("legal")


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def opened(db: Database, policy: Policy, *, teams: tuple[TeamKey, ...] = (), **more: Any) -> str:
    return an_incident(db, policy, teams=teams, **more).head.id


def close_as_duplicate(db: Database, incident_id: str, of: int, minutes: int = 1) -> None:
    lifecycle.duplicate(db, an_act(minutes=minutes), incident_id, f"ESC-{of}")


def refusal(db: Database, incident_id: str, of: int) -> OriginalEnded:
    with pytest.raises(OriginalEnded) as refused:
        close_as_duplicate(db, incident_id, of)
    assert scene.incident(db, incident_id).ended_at is None
    return refused.value


def in_words(policy: Policy, refused: OriginalEnded) -> str:
    return answers.refused(Wording(policy, Templates()), refused).text


@pytest.mark.parametrize("length", [2, 3, 4])
def test_escalations_are_never_closed_as_duplicates_round_a_circle(
    db: Database, policy: Policy, length: int
) -> None:
    ids = [opened(db, policy) for _ in range(length)]
    for number, one in enumerate(ids[:-1], start=1):
        close_as_duplicate(db, one, number + 1)
    refused = refusal(db, ids[-1], 1)
    assert (refused.original, refused.instead) == ("ESC-1", None)


@pytest.mark.parametrize("original", ["declined", "resolved", "closed after review"])
def test_the_original_is_one_that_is_worked_on(db: Database, policy: Policy, original: str) -> None:
    first, second = opened(db, policy), opened(db, policy)
    if original == "declined":
        lifecycle.decline(db, an_act(), first, "not ours")
    else:
        lifecycle.resolve(db, policy, an_act(), first, root_cause="tooling")
    if original == "closed after review":
        lifecycle.close(db, an_act(), first)
    said = in_words(policy, refusal(db, second, 1))
    assert f"ESC-1 is _{original}_" in said
    assert "/escalate reopen ESC-1 &lt;reason&gt;" in said
    assert "/escalate decline ESC-2 same as ESC-1" in said
    lifecycle.reopen(db, an_act(), first, "it began again")
    close_as_duplicate(db, second, 1)


def test_of_a_duplicate_the_open_one_behind_it_is_named(db: Database, policy: Policy) -> None:
    first, second, _third = (opened(db, policy) for _ in range(3))
    close_as_duplicate(db, first, 2)
    close_as_duplicate(db, second, 3)
    refused = refusal(db, opened(db, policy), 1)
    assert refused.instead == "ESC-3"
    assert "/escalate duplicate ESC-4 of ESC-3" in in_words(policy, refused)


def test_a_restricted_one_behind_it_is_not_told(db: Database, policy: Policy) -> None:
    first = opened(db, policy)
    opened(db, policy, tier=Tier.RESTRICTED)
    close_as_duplicate(db, first, 2)
    late = an_incident(db, policy, an_act(TOM), teams=()).head.id
    with pytest.raises(OriginalEnded) as refused:
        lifecycle.duplicate(db, an_act(TOM), late, "ESC-1")
    assert refused.value.instead is None


def page_after(db: Database, policy: Policy, minutes: int) -> str:
    sent = scene.send(db, policy, NOON + minutes * MINUTE)
    [letter] = scene.letters(sent, DeliveryKind.PAGE_UPDATE)
    return str(words(Wording(policy, Templates()), letter)["blocks"])


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("taken", [False, True])
def test_a_page_says_which_one_took_over_to_who_reads_it(
    db: Database, policy: Policy, tier: Tier, taken: bool
) -> None:
    opened(db, policy)
    other = opened(db, policy, teams=(LEGAL,), tier=tier)
    scene.send(db, policy)
    if taken:
        paging_answers.acknowledge(db, an_act(PRIYA), scene.page_of(db, PRIYA))
        scene.send(db, policy)
    close_as_duplicate(db, other, 1)
    page = page_after(db, policy, 1)
    assert "ESC-2 was closed as a duplicate" in page
    assert ("duplicate of ESC-1" in page) is (taken or tier is Tier.STANDARD)


def test_a_withdrawn_page_stays_true_when_its_escalation_is_reopened(
    db: Database, policy: Policy
) -> None:
    opened(db, policy)
    other = opened(db, policy, teams=(LEGAL,))
    scene.send(db, policy)
    close_as_duplicate(db, other, 1)
    assert "nothing left" not in page_after(db, policy, 1)
    lifecycle.reopen(db, an_act(minutes=2), other, "it is another matter")
    assert "duplicate" not in page_after(db, policy, 2)
    close_as_duplicate(db, other, 1, minutes=3)
    page = page_after(db, policy, 3)
    assert "duplicate of ESC-1" in page
    assert "If you are needed again, you will get a new page" in page


def test_a_page_does_not_name_an_original_that_its_reader_may_not_read(
    db: Database, policy: Policy
) -> None:
    opened(db, policy, tier=Tier.RESTRICTED)
    other = opened(db, policy, teams=(LEGAL,))
    scene.send(db, policy)
    close_as_duplicate(db, other, 1)
    page = page_after(db, policy, 1)
    assert "ESC-2 was closed as a duplicate" in page
    assert "ESC-1" not in page


@on_postgresql
def test_at_one_moment_only_one_is_closed_as_a_duplicate_of_the_other(
    db: Database, policy: Policy
) -> None:
    for pair in range(4):
        one, other = opened(db, policy), opened(db, policy)
        both = Barrier(2)

        def close(incident_id: str, of: int, both: Barrier = both) -> bool:
            both.wait()
            try:
                close_as_duplicate(db, incident_id, of)
            except OriginalEnded:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            done = pool.map(close, [one, other], [2 * pair + 2, 2 * pair + 1])
        assert sorted(done) == [False, True]


@pytest.mark.timeout(20)
def test_duplicates_of_each_other_lead_to_no_open_one(db: Database, policy: Policy) -> None:
    """Earlier releases closed escalations so."""
    first, second, another = (opened(db, policy) for _ in range(3))
    close_as_duplicate(db, first, of=2)
    lifecycle.decline(db, an_act(minutes=2), second, "no escalation")
    with db.transaction() as tx:
        tx.execute(update(Incident).where(col(Incident.id) == second).values(duplicate_of=first))
    assert refusal(db, another, of=1).instead is None
