"""Lengths of time, as written and as said."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.times.durations import LONGEST, humane, parse_duration
from tests.problems import in_words


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("4h", timedelta(hours=4)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        ("1h30m", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("1d12h", timedelta(hours=36)),
        (" 30 MIN ", timedelta(minutes=30)),
        ("2 hours", timedelta(hours=2)),
        ("PT1H", timedelta(hours=1)),
        ("pt90m", timedelta(minutes=90)),
        ("P1DT12H", timedelta(hours=36)),
        ("P2W", timedelta(weeks=2)),
    ],
)
def test_a_duration_is_read(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["P6M", "P1Y", "3mo", "2 months", "1 year", "P1Y2M3DT4H"])
def test_months_and_years_are_refused_with_the_reason(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_duration(text)

    assert "no fixed length" in in_words(refused.value.problem)
    assert parse_duration(refused.value.example) > timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "5", "m", "5x", "m5", "30m1h", "1h1h", "1h30", "-5m"),
        *("P", "PT", "P1", "PT1D", "P1H", "five minutes", "1,5h", "٥m", "1h\n30q"),
    ],
)
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_duration(text, "wait")

    assert refused.value.field_name == "wait"
    assert parse_duration(refused.value.example) > timedelta(0)


@pytest.mark.parametrize("text", ["0s", "0h0m", "PT0S"])
def test_nothing_is_no_duration(text: str) -> None:
    with pytest.raises(BadInput, match="BadInput") as refused:
        parse_duration(text)

    assert "it is zero" in in_words(refused.value.problem)


@pytest.mark.parametrize("text", ["11000d", "999999999w", "P999999999W", "3660d1s"])
def test_more_than_ten_years_are_a_mistake(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_duration(text)

    assert "ten years" in in_words(refused.value.problem)


@given(st.text(max_size=30))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    with suppress(BadInput):
        assert timedelta(0) < parse_duration(text) <= LONGEST


@given(*(st.integers(0, top) for top in (3000, 23, 59, 59)))
def test_what_is_composed_is_read_back(days: int, hours: int, minutes: int, seconds: int) -> None:
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if length:
        assert parse_duration(f"{days}d{hours}h{minutes}m{seconds}s") == length
        assert parse_duration(f"P{days}DT{hours}H{minutes}M{seconds}S") == length


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(0), "0 s"),
        (timedelta(milliseconds=900), "0 s"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=35), "35 min"),
        (timedelta(minutes=2, seconds=5), "2 min 5 s"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=1, minutes=30, seconds=59), "1 h 30 min"),
        (timedelta(hours=2, seconds=30), "2 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=1, hours=4, minutes=59), "1 day 4 h"),
        (timedelta(weeks=2), "14 days"),
        (-timedelta(minutes=5), "−5 min"),
    ],
)
def test_a_length_is_said_with_its_two_largest_units(length: timedelta, said: str) -> None:
    assert humane(length) == said


@given(st.timedeltas(timedelta(seconds=1), LONGEST))
def test_what_is_said_is_the_length_cut_off_never_more(length: timedelta) -> None:
    said = parse_duration(humane(length))

    assert said <= length
    assert length - said < max(timedelta(seconds=1), length / 24 + timedelta(minutes=1))
