"""Opening: everything in one transaction, as the policy demands it."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from bot.domain.access.visibility import Tier
from bot.domain.act import Role
from bot.domain.errors import FormErrors, NotPermitted
from bot.domain.ids import TeamKey
from bot.domain.incidents.severity import Severity
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.problems.texts import ItemIdsOnly
from bot.policy import Policy
from bot.render import forms
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.incidents import opening, queries
from bot.store.database import Database
from bot.store.tables import Delivery, Incident, Page, PagingRun, Participant, TimelineEntry, Timer
from bot.store.transaction import Transaction
from tests.factories import NOON, a_draft, an_act, an_incident, people
from tests.services import scene

STORED: tuple[type[SQLModel], ...] = (
    Incident,
    TimelineEntry,
    PagingRun,
    Page,
    Participant,
    Timer,
    Delivery,
)


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def count(db: Database) -> dict[str, int]:
    with db.reading() as tx:
        return {table.__name__: len(tx.all(select(table))) for table in STORED}


def test_all_that_follows_stands_with_the_incident(db: Database, policy: Policy) -> None:
    opened = an_incident(db, policy)
    assert count(db) == {
        "Incident": 1,
        "TimelineEntry": 4,
        "PagingRun": 3,
        "Page": 3,
        "Participant": 1,
        "Timer": 4,
        "Delivery": 4,
    }
    assert len(scene.due_timers(db, TimerKind.UPDATE_DUE)) == 1
    assert opened.head.owner is None
    assert opened.head.full


@pytest.mark.parametrize("table", ["page", "paging_run", "timeline_entry", "timer", "delivery"])
def test_killed_in_the_middle_it_leaves_nothing(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Whatever statement is the last: the crash comes when rows of `table` have been written."""

    class Killed(BaseException):
        pass

    run = Transaction.on_driver

    def run_then_die(tx: Transaction, sql: str, values: Sequence[Any]) -> Any:
        done = run(tx, sql, values)
        if f"INSERT INTO {table} " in sql:
            raise Killed
        return done

    monkeypatch.setattr(Transaction, "on_driver", run_then_die)
    with pytest.raises(Killed):
        an_incident(db, policy)
    monkeypatch.undo()
    assert set(count(db).values()) == {0}
    assert an_incident(db, policy).head.reference == "ESC-1"


def test_criteria_raise_the_severity_and_never_lower_it(db: Database, policy: Policy) -> None:
    raised = an_incident(db, policy, severity=Severity.P3, criteria=("minor",), teams=())
    assert raised.head.severity is Severity.P1
    kept = an_incident(db, policy, severity=Severity.P0, criteria=("trend",), teams=())
    assert kept.head.severity is Severity.P0


def test_who_is_affected_raises_the_severity_like_a_criterion(db: Database, policy: Policy) -> None:
    opened = an_incident(db, policy, severity=Severity.P3, affected=("public-figure",), teams=())
    assert opened.head.severity is Severity.P1


def test_a_category_sets_its_least_severity_and_its_tier(db: Database, policy: Policy) -> None:
    opened = an_incident(db, policy, severity=Severity.P3, category="sextortion", teams=())
    assert (opened.head.severity, opened.head.tier) == (Severity.P1, Tier.RESTRICTED)


def test_without_a_choice_the_policy_proposes_the_teams(db: Database, policy: Policy) -> None:
    opened = an_incident(db, policy, teams=None)
    proposed = policy.proposed_teams("harassment", Severity.P1)
    assert {row.team for row in opened.paged} == set(proposed)
    assert {row.started_at for row in opened.paged} == {NOON}


def test_teams_are_paged_and_named_in_the_order_of_the_policy(db: Database, policy: Policy) -> None:
    known = list(policy.teams)
    opened = an_incident(db, policy, teams=tuple(reversed(known)))
    assert [row.team for row in opened.paged] == known


def test_where_only_ids_are_taken_no_word_is_stored(db: Database, policy: Policy) -> None:
    words = "A description that nobody may store"
    opened = an_incident(
        db,
        policy,
        title=words,
        category="suspected-csam",
        references=("item:12345",),
        permalink="https://slack.example/archives/C1/p1",
        teams=None,
    )
    assert opened.head.name == policy.categories["suspected-csam"].label
    entries = queries.details(db, an_act(), opened.head.id).entries
    stored = f"{scene.incident(db, opened.head.id)} {entries}"
    assert words not in stored
    assert "slack.example" not in stored
    assert {row.team for row in opened.paged} == {"child-safety"}


@pytest.mark.parametrize("unfit", ["https://x.example/1", "a child in a video", "x.example/1"])
def test_where_only_ids_are_taken_an_address_or_a_sentence_is_refused(
    db: Database, policy: Policy, unfit: str
) -> None:
    with pytest.raises(FormErrors) as wrong:
        an_incident(db, policy, category="suspected-csam", references=(unfit,), teams=None)
    assert wrong.value.errors == {"references": ItemIdsOnly()}


def test_every_field_that_is_wrong_is_named(db: Database, policy: Policy) -> None:
    with pytest.raises(FormErrors) as wrong:
        an_incident(
            db,
            policy,
            title="x" * 301,
            category="no-such",
            surface="moon",
            market="MARS",
            source="rumour",
            references=("x" * 501,),
            teams=(TeamKey("astronauts"),),
        )
    fields = {"title", "category", "surface", "market", "source", "references", "teams"}
    assert set(wrong.value.errors) == fields
    assert set(count(db).values()) == {0}


@pytest.mark.parametrize(
    "title", ["", " ", "\u200b", "\u2060\ufeff", "\u3164 \u2800", "\u202e\u202c"]
)
def test_a_title_that_shows_nothing_is_none(db: Database, policy: Policy, title: str) -> None:
    with pytest.raises(FormErrors) as wrong:
        an_incident(db, policy, title=title)
    assert list(wrong.value.errors) == ["title"]
    assert set(count(db).values()) == {0}


@pytest.mark.parametrize(("criteria", "affected"), [(("minor",), ()), ((), ("minor",))])
def test_the_forms_preview_is_what_opening_stores(
    db: Database, policy: Policy, criteria: tuple[str, ...], affected: tuple[str, ...]
) -> None:
    draft = a_draft(teams=None, severity=Severity.P3, criteria=criteria, affected=affected)
    wording = Wording(policy, Templates())
    filled = forms.Filled(
        severity=draft.severity, category=draft.category, criteria=criteria, affected=affected
    )
    opened = opening.open_incident(db, policy, an_act(), draft)
    assert forms.effective_severity(wording, filled) is opened.head.severity is Severity.P1
    assert {row.team for row in opened.paged} == set(forms.teams_to_page(wording, filled) or ())


def test_a_viewer_opens_nothing(db: Database, policy: Policy) -> None:
    with pytest.raises(NotPermitted):
        an_incident(db, policy, an_act(role=Role.VIEWER))
    assert set(count(db).values()) == {0}


def test_pages_go_before_the_room_and_none_waits_for_it(db: Database, policy: Policy) -> None:
    an_incident(db, policy)
    sent = scene.send(db, policy)
    kinds = [claimed.kind for claimed, _ in sent]
    assert kinds.count(DeliveryKind.PAGE) == 3
    assert scene.letters(sent, DeliveryKind.PAGE)[0].person is not None
