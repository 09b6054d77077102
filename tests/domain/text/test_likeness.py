"""How far words are from each other."""

import pytest

from bot.domain.text.likeness import distance


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
