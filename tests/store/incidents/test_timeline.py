"""The timeline only grows, and shows what was done to it; search keeps what it must not tell."""

import pytest
from sqlalchemy import text

from bot.domain.access.visibility import Tier
from bot.domain.incidents.entries import NewEntry
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import Entry
from bot.policy import Policy
from bot.services.incidents import lifecycle, lists, severity_changes
from bot.services.incidents.export import verify, verify_seals
from bot.store.database import Database
from bot.store.incidents import incident_rows
from tests.databases import on_both
from tests.factories import TOM, an_act, an_incident, people

pytestmark = on_both


@pytest.fixture(autouse=True)
def everybody(db: Database, policy: Policy) -> None:
    people(db, policy)


def a_history(db: Database, policy: Policy) -> None:
    incident_id = an_incident(db, policy).head.id
    for number in range(3):
        lifecycle.add_note(db, an_act(minutes=number), incident_id, f"note {number}")


def test_an_untouched_timeline_holds(db: Database, policy: Policy) -> None:
    a_history(db, policy)
    a_history(db, policy)
    assert verify(db) == (2, [])


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE timeline_entry SET actor = 'U0OTHER' WHERE seq = 5",
        "UPDATE timeline_entry SET kind = 'update' WHERE seq = 5",
        'UPDATE timeline_entry SET data = \'{"text": "other"}\' WHERE seq = 6',
        "UPDATE timeline_entry SET hash = 'x' WHERE seq = 7",
        "DELETE FROM timeline_entry WHERE seq = 5",
        "DELETE FROM timeline_entry WHERE seq = 7",
        "UPDATE timeline_entry SET seq = seq + 100 WHERE seq > 5",
    ],
)
def test_whatever_is_done_to_it_is_found(db: Database, policy: Policy, tampering: str) -> None:
    a_history(db, policy)
    with db.transaction() as tx:
        assert tx.changed(text(tampering.replace(":", r"\:"))) > 0
    checked, flaws = verify(db)
    assert (checked, [flaw.reference for flaw in flaws]) == (1, ["ESC-1"])


ESCALATIONS = {
    "title": "UPDATE incident SET title = 'Nothing much' WHERE number = 1",
    "category": "UPDATE incident SET category = 'other' WHERE number = 1",
    "tier": "UPDATE incident SET tier = 'restricted' WHERE number = 1",
    "severity": "UPDATE incident SET severity = 'P3' WHERE number = 1",
    "state": "UPDATE incident SET state = 'declined' WHERE number = 1",
    "owner": "UPDATE incident SET owner = 'U0OTHER' WHERE number = 1",
    "nobody owns it": "UPDATE incident SET owner = NULL WHERE number = 1",
    "opener": "UPDATE incident SET opened_by = 'U0OTHER' WHERE number = 1",
    "workspace": "UPDATE incident SET team_id = 'T0OTHER' WHERE number = 1",
    "number": "UPDATE incident SET number = 7 WHERE number = 1",
}


@pytest.mark.parametrize("tampering", ESCALATIONS.values(), ids=ESCALATIONS)
def test_an_escalation_that_is_not_what_its_timeline_says_is_found(
    db: Database, policy: Policy, tampering: str
) -> None:
    opened = an_incident(db, policy)
    lifecycle.assign(db, an_act(), opened.head.id, TOM)
    an_incident(db, policy)
    assert verify(db) == (2, [])
    with db.transaction() as tx:
        assert tx.changed(text(tampering)) > 0
    named = {flaw.reference for flaw in verify(db)[1]}
    assert named in ({"ESC-1"}, {"ESC-1", "ESC-7"})


@pytest.mark.parametrize("gone", [[1], [2], [3], [1, 3], [2, 3], [1, 2, 3]])
def test_an_escalation_that_was_deleted_is_missed(
    db: Database, policy: Policy, gone: list[int]
) -> None:
    for _ in range(3):
        an_incident(db, policy)
    with db.transaction() as tx:
        for number in gone:
            deleted = text("DELETE FROM incident WHERE number = :number")
            assert tx.execute(deleted, {"number": number}).rowcount == 1
    assert [flaw.reference for flaw in verify(db)[1]] == [f"ESC-{number}" for number in gone]


def swap(db: Database, first: str, second: str) -> None:
    """Give each the other's timeline, seals and all."""
    with db.transaction() as tx:
        for old, new in ((first, "x"), (second, first), ("x", second)):
            moved = "UPDATE timeline_entry SET incident_id = :new WHERE incident_id = :old"
            tx.execute(text(moved), {"old": old, "new": new})
        heads = {row.id: row.head for row in incident_rows.get_many(tx, [first, second]).values()}
        incident_rows.change(tx, first, {"head": heads[second]})
        incident_rows.change(tx, second, {"head": heads[first]})


def test_a_timeline_belongs_to_one_escalation_alone(db: Database, policy: Policy) -> None:
    """Opened by one person at one moment, with one title: only the id tells them apart."""
    first, second = (an_incident(db, policy).head.id for _ in range(2))
    swap(db, first, second)
    assert {flaw.reference for flaw in verify(db)[1]} == {"ESC-1", "ESC-2"}
    assert verify_seals(db) == (2, []), "each chain holds"


def test_a_timeline_of_a_release_before_holds_and_belongs_to_its_moment(
    db: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first entry names no escalation: when and by whom it was opened does."""

    def as_before(entry: NewEntry) -> Entry:
        told = entry.data().items()
        return Entry(entry.kind, {k: v for k, v in told if k not in ("incident", "workspace")})

    monkeypatch.setattr(NewEntry, "entry", as_before)
    first = an_incident(db, policy, an_act()).head.id
    second = an_incident(db, policy, an_act(minutes=1)).head.id
    assert verify(db) == (2, [])
    swap(db, first, second)
    assert {flaw.reference for flaw in verify(db)[1]} == {"ESC-1", "ESC-2"}


def test_what_is_done_to_an_escalation_is_what_its_timeline_says(
    db: Database, policy: Policy
) -> None:
    act, moved = an_act(), an_incident(db, policy).head.id
    lifecycle.assign(db, act, moved, TOM)
    severity_changes.set_severity(db, policy, act, moved, Severity.P0)
    severity_changes.set_severity(db, policy, act, moved, Severity.P3, "less than we thought")
    lifecycle.set_state(db, act, moved, State.INVESTIGATING)
    lifecycle.resolve(db, policy, act, moved, root_cause="tooling")
    lifecycle.close(db, act, moved)
    lifecycle.reopen(db, act, moved, "it is back")
    lifecycle.decline(db, act, an_incident(db, policy).head.id, "no escalation")
    lifecycle.duplicate(db, act, an_incident(db, policy).head.id, "ESC-1")
    assert verify(db) == (3, [])


def titles(db: Database, words: str) -> list[str]:
    return [head.name for head in lists.search(db, an_act(), words).heads]


def test_a_search_finds_every_word_in_any_case_and_script(db: Database, policy: Policy) -> None:
    an_incident(db, policy, title="Élan of a Pile-on", teams=())
    an_incident(db, policy, title="Кампания против автора", teams=())
    assert titles(db, "éLAN pile") == ["Élan of a Pile-on"]
    assert titles(db, "КАМПАНИЯ") == ["Кампания против автора"]
    assert titles(db, "pile absent") == []
    assert titles(db, "esc-2") == ["Кампания против автора"]


@pytest.mark.parametrize("wild", ["%", "_", "100_", "\\", "%%"])
def test_what_is_a_wildcard_elsewhere_is_a_character_here(
    db: Database, policy: Policy, wild: str
) -> None:
    an_incident(db, policy, title="1000 comments", teams=())
    assert titles(db, wild) == []
    an_incident(db, policy, title=f"about {wild} itself", teams=())
    assert titles(db, wild) == [f"about {wild} itself"]


def test_a_restricted_title_is_never_matched(db: Database, policy: Policy) -> None:
    opened = an_incident(db, policy, title="Secretword", tier=Tier.RESTRICTED, teams=())
    assert titles(db, "secretword") == []
    assert titles(db, "ESC-1") == [lists.listing(db, policy, an_act(), "").heads[0].name]
    assert opened.head.full
