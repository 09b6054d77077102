"""The timeline only grows, and shows what was done to it; search keeps what it must not tell."""

import pytest
from sqlalchemy import text

from bot.domain.visibility import Tier
from bot.policy import Policy
from bot.services import lifecycle, reading
from bot.services.exports import verify
from bot.store.database import Database
from tests.factories import an_act, an_incident, people


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


def titles(db: Database, words: str) -> list[str]:
    return [head.name for head in reading.search(db, an_act(), words).heads]


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
    assert titles(db, "ESC-1") == [reading.listing(db, policy, an_act(), "").heads[0].name]
    assert opened.head.full
