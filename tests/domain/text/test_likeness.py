"""How far words are from each other."""

import pytest

from bot.domain.text.likeness import distance, mistyped


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("ack", "ack", 0),
        ("", "ack", 3),
        ("opne", "open", 1),
        ("nack", "ack", 1),
        ("clse", "close", 1),
        ("tommorow", "tomorrow", 2),
        ("legal", "regal", 1),
        ("page", "legal", 4),
    ],
)
def test_a_letter_more_less_changed_or_exchanged_counts_once(
    one: str, other: str, apart: int
) -> None:
    assert distance(one, other) == distance(other, one) == apart


@pytest.mark.parametrize(
    ("word", "known", "is_mistyped"),
    [
        ("lgeal", "legal", True),
        ("lgela", "legal", False),
        ("incidnets", "incidents", True),
        ("xncidenx", "incident", True),
        ("xnciden", "inciden", True),
        ("xncidex", "inciden", False),
        ("xnciden", "incident", False),
        ("ppr", "pr", True),
        ("prr", "pr", True),
        ("rp", "pr", False),
        ("opne", "open", True),
        ("oxen", "open", False),
        ("open", "reopened", False),
    ],
)
def test_two_mistakes_are_one_too_many_in_a_short_word(
    word: str, known: str, is_mistyped: bool
) -> None:
    assert mistyped(word, known) is is_mistyped
