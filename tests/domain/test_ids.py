"""Identifiers: opaque, in order of time, safe in a button's value."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ids
from bot.domain.errors import BadInput
from bot.domain.ids import new_id, parse_reference, reference

TO_BASE_32 = str.maketrans("ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUV")
moments = st.integers(0, 4_102_444_800_000).map(
    lambda ms: datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)
)


@given(moments)
def test_an_id_is_26_plain_characters(now: datetime) -> None:
    made = new_id(now)

    assert len(made) == 26
    assert set(made) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@given(st.lists(moments, min_size=2, unique=True))
def test_a_later_one_sorts_behind(when: list[datetime]) -> None:
    made = [new_id(now) for now in sorted(when)]

    assert all(earlier[:10] <= later[:10] for earlier, later in pairwise(made))
    for (earlier, first), (later, second) in pairwise(zip(sorted(when), made, strict=True)):
        if later - earlier >= timedelta(milliseconds=2):
            assert first < second


def test_no_two_of_one_moment_are_the_same() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)

    assert len({new_id(now) for _ in range(5_000)}) == 5_000


@given(moments, st.integers(2, 40))
def test_those_of_one_moment_sort_as_they_were_made(now: datetime, many: int) -> None:
    others = [now - timedelta(seconds=one) for one in range(8)]
    made = []
    for number in range(many):
        new_id(others[number % 8])
        made.append(new_id(now))
    assert made == sorted(made)


def test_the_next_one_of_a_moment_cannot_be_guessed() -> None:
    """The steps between ids are large and differ from each other."""
    now = datetime(2026, 11, 26, tzinfo=UTC)
    values = [int(new_id(now).translate(TO_BASE_32)[10:], 32) for _ in range(100)]
    steps = [later - earlier for earlier, later in pairwise(values)]
    assert len(set(steps)) == len(steps)
    assert sum(steps) / len(steps) > 2**60


def test_ids_stay_unique_when_a_moment_has_no_room_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_STEP_BITS", 78)
    now = datetime(2026, 11, 27, tzinfo=UTC)
    made = [new_id(now) for _ in range(200)]
    assert len(set(made)) == 200
    assert {len(one) for one in made} == {26}


def test_a_reference_is_what_people_say() -> None:
    assert reference(12) == "ESC-12"


@given(st.integers(1, 999_999_999))
def test_a_reference_is_read_as_people_type_it(number: int) -> None:
    for text in (reference(number), f"esc{number}", f"#{number}", f" {number} ", f"Esc-{number}"):
        assert parse_reference(text) == number


@pytest.mark.parametrize("text", ["", "ESC", "ESC-", "ESC-x", "12a", "1" * 10, "١٢", "ESC-1.5"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_reference(text)

    assert parse_reference(refused.value.example) == 12
