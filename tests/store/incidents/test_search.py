"""A search looks at so many incidents, the newest; it says how far back it went."""

import pytest

from bot.domain.access.visibility import Tier
from bot.domain.errors import BadInput
from bot.domain.incidents.search_terms import retyped, sought
from bot.policy import Policy
from bot.services.incidents import lists
from bot.store.database import Database
from bot.store.incidents.search import Searched, search
from tests.databases import on_both
from tests.factories import DANIEL, WORKSPACE, an_act, an_incident, people
from tests.services import scene

pytestmark = on_both


@pytest.fixture(autouse=True)
def five_of_a_kind(db: Database, policy: Policy) -> None:
    people(db, policy)
    for number in range(5):
        an_incident(db, policy, title=f"{'Minister' if number < 4 else 'Streamer'}", teams=())


def found(
    db: Database,
    *words: str,
    limit: int = 20,
    before: int | None = None,
    looked_at: int = 50_000,
) -> tuple[list[int], int | None]:
    with db.reading() as tx:
        searched: Searched = search(
            tx, WORKSPACE, words, limit=limit, before=before, looked_at=looked_at
        )
    return [row.number for row in searched.rows], searched.older


def test_a_short_history_is_searched_whole(db: Database) -> None:
    assert found(db, "minister") == ([4, 3, 2, 1], None)
    assert found(db, "giraffe") == ([], None)


def test_a_long_one_is_searched_step_by_step_until_its_beginning(db: Database) -> None:
    assert found(db, "minister", looked_at=2) == ([4], 4)
    assert found(db, "minister", looked_at=2, before=4) == ([3, 2], 2)
    assert found(db, "minister", looked_at=2, before=2) == ([1], None)
    assert found(db, "minister", before=1) == ([], None)


def test_where_more_are_found_than_are_shown_the_next_step_begins_behind_the_last(
    db: Database,
) -> None:
    assert found(db, "minister", limit=3) == ([4, 3, 2], 2)
    assert found(db, "minister", limit=3, before=2) == ([1], None)


def test_a_reference_is_found_however_old_it_is(db: Database) -> None:
    assert found(db, "ESC-1", looked_at=2) == ([1], 4)
    assert found(db, "1", "minister", looked_at=2) == ([1], 4)
    assert found(db, "1", "streamer", looked_at=2) == ([], 4)


def test_before_is_a_word_like_any_other_without_a_reference(db: Database, policy: Policy) -> None:
    an_incident(db, policy, title="Just before the match", teams=())
    assert len(lists.search(db, an_act(), "before").heads) == 1
    assert len(lists.search(db, an_act(), "before match").heads) == 1
    assert len(lists.search(db, an_act(), "before esc-3 minister").heads) == 2


def test_quotes_of_any_kind_make_a_phrase_and_a_star_is_anything(
    db: Database, policy: Policy
) -> None:
    an_incident(db, policy, title="Bomb threat at a school, 50%_off", teams=())
    an_incident(db, policy, title="Threat of a bomb", teams=())

    def numbers(words: str) -> list[str]:
        return [head.reference for head in lists.search(db, an_act(), words).heads]

    for phrase in (
        '"bomb threat"',
        "\u201cbomb threat\u201d",
        "\u2018bomb threat\u2019",
        "\u00abbomb threat\u00bb",
    ):
        assert numbers(phrase) == ["ESC-6"], phrase
    assert numbers("bomb threat") == ["ESC-7", "ESC-6"]
    assert numbers("bomb*school") == ["ESC-6"]
    assert numbers("*bomb*") == ["ESC-7", "ESC-6"]
    assert numbers("_bomb_, (threat).") == ["ESC-7", "ESC-6"]
    assert numbers('"50%_off"') == ["ESC-6"]
    assert numbers("b%b") == []
    for reference in ("*ESC-7*", "`esc7`", "#esc-7", "ESC\u20137.", "(7)", "ESC-007"):
        assert numbers(reference) == ["ESC-7"], reference
    assert numbers('before ESC-7 "bomb threat"') == ["ESC-6"]


def test_a_reference_may_have_a_space_or_a_star(db: Database, policy: Policy) -> None:
    """What an escalation's list shows to everyone is found by its number, and no word of it."""
    an_incident(db, policy, title="Sealed", tier=Tier.RESTRICTED, teams=())
    for number in range(7, 13):
        an_incident(db, policy, title=f"Number {number}", teams=())

    def numbers(words: str, user: str = DANIEL) -> list[int]:
        found = lists.search(db, an_act(user), words).heads
        return [int(head.reference.removeprefix("ESC-")) for head in found]

    for words in ("ESC 7", "esc 7", "Esc #7", "escalation 7", "*ESC 7*", "ESC- 7"):
        assert numbers(words) == [7], words
    assert numbers("esc-1*") == numbers("ESC 1*") == numbers("#1*") == [12, 11, 10, 1]
    assert numbers("esc1* number") == [12, 11, 10]
    assert numbers("esc*") == numbers("esc-*") == list(range(12, 0, -1))
    assert numbers("before ESC 12 esc-1*") == [11, 10, 1]
    assert numbers('"ESC 7"') == [7]
    [sealed] = lists.search(db, an_act(DANIEL), "esc-6*").heads
    assert not sealed.full
    assert sealed.name != "Sealed"


def test_further_back_a_phrase_is_still_one(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_FOUND", 1)
    older = lists.search(db, an_act(), "\u201cmini ster\u201d | minister").older
    assert older is None
    older = lists.search(db, an_act(), "minister").older
    assert older is not None
    assert retyped(["bomb threat", "x"]) == '"bomb threat" x'
    assert sought('"bomb threat" x') == ["bomb threat", "x"]


@pytest.mark.parametrize(
    "words", ["*", "\u201c\u201d", "\u200b", '""', "", "before ESC-3", "before ESC-x minister"]
)
def test_a_search_for_nothing_is_refused(db: Database, words: str) -> None:
    with pytest.raises(BadInput):
        lists.search(db, an_act(), words)


def test_who_has_found_many_is_told_how_to_go_on(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_FOUND", 2)
    listing = lists.search(db, an_act(), "before ESC-4 minister")
    assert [head.reference for head in listing.heads] == ["ESC-3", "ESC-2"]
    assert listing.older is not None
    assert (listing.older.before, listing.older.words) == ("ESC-2", "minister")
    again = lists.search(db, an_act(), f"before {listing.older.before} {listing.older.words}")
    assert [head.reference for head in again.heads] == ["ESC-1"]
    assert again.older is None


def test_only_a_restricted_one_is_found_by_its_codename(db: Database, policy: Policy) -> None:
    """No one ever reads the codename of a standard one."""
    openly = an_incident(db, policy, teams=())
    closed = an_incident(db, policy, teams=(), tier=Tier.RESTRICTED)
    for opened, expected in ((openly, []), (closed, [closed.head.reference])):
        codename = scene.incident(db, opened.head.id).codename
        named = lists.search(db, an_act(), f'"{codename}"').heads
        assert [head.reference for head in named] == expected
