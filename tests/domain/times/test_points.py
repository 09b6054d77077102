"""Points in time as people write them, in their own zone."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.times.points import instants, parse_when
from tests.problems import in_words

SINGAPORE = ZoneInfo("Asia/Singapore")
NEW_YORK = ZoneInfo("America/New_York")
DUBLIN = ZoneInfo("Europe/Dublin")
APIA = ZoneInfo("Pacific/Apia")

# A Wednesday, 14:20 in Singapore.
NOW = datetime(2026, 11, 25, 6, 20, tzinfo=UTC)


def local(text: str, zone: ZoneInfo = SINGAPORE, now: datetime = NOW) -> str:
    moment, _ = parse_when(text, now, zone)
    assert moment.tzinfo is UTC
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"


def at(zone: ZoneInfo, text: str) -> datetime:
    """The instant at which the clocks of `zone` show this, the first of two."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("in 2h", "Wed 2026-11-25 16:20"),
        ("2h", "Wed 2026-11-25 16:20"),
        ("In 30 min", "Wed 2026-11-25 14:50"),
        ("1h 30m", "Wed 2026-11-25 15:50"),
        ("in an hour", "Wed 2026-11-25 15:20"),
        ("PT1H", "Wed 2026-11-25 15:20"),
        ("2d", "Fri 2026-11-27 14:20"),
        ("tomorrow", "Thu 2026-11-26 09:00"),
        ("tomorrow 9:00", "Thu 2026-11-26 09:00"),
        ("tomorrow at 5pm", "Thu 2026-11-26 17:00"),
        ("today 17:30", "Wed 2026-11-25 17:30"),
        ("today eod", "Wed 2026-11-25 18:00"),
        ("eod", "Wed 2026-11-25 18:00"),
        ("tomorrow eod", "Thu 2026-11-26 18:00"),
        ("mon 14:30", "Mon 2026-11-30 14:30"),
        ("friday", "Fri 2026-11-27 09:00"),
        ("on fri 5pm", "Fri 2026-11-27 17:00"),
        ("wed 15:00", "Wed 2026-11-25 15:00"),
        ("wed 14:20", "Wed 2026-12-02 14:20"),
        ("wed 14:00", "Wed 2026-12-02 14:00"),
        ("next monday", "Mon 2026-11-30 09:00"),
        ("next friday 8:30", "Fri 2026-12-04 08:30"),
        ("next week", "Mon 2026-11-30 09:00"),
        ("9:00", "Thu 2026-11-26 09:00"),
        ("15:00", "Wed 2026-11-25 15:00"),
        ("at 17:30", "Wed 2026-11-25 17:30"),
        ("9am", "Thu 2026-11-26 09:00"),
        ("9 pm", "Wed 2026-11-25 21:00"),
        ("12am", "Thu 2026-11-26 00:00"),
        ("12pm", "Thu 2026-11-26 12:00"),
        ("2026-12-01", "Tue 2026-12-01 09:00"),
        ("2026-12-01 09:30", "Tue 2026-12-01 09:30"),
        ("2026-12-01T09:30", "Tue 2026-12-01 09:30"),
        ("2028-02-29", "Tue 2028-02-29 09:00"),
        ("coming friday", "Fri 2026-11-27 09:00"),
        ("coming wed 15:00", "Wed 2026-11-25 15:00"),
        ("1h 59", "Wed 2026-11-25 16:19"),
        ("366d", "Fri 2027-11-26 14:20"),
        ("\uff19:\uff10\uff10", "Thu 2026-11-26 09:00"),
        ("9:00 utc+14", "Thu 2026-11-26 03:00"),
    ],
)
def test_each_form_means_one_moment(text: str, means: str) -> None:
    assert local(text) == means


def test_next_monday_said_on_a_sunday_is_tomorrow() -> None:
    assert local("next monday", now=at(SINGAPORE, "2026-11-29 12:00")) == "Mon 2026-11-30 09:00"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("in 30 min Call  PR", "Call  PR"),
        ("tomorrow 9:00 Ask Legal at 10:00", "Ask Legal at 10:00"),
        ("tomorrow, check the queue", "check the queue"),
        ("2h, 30 reports came in", "30 reports came in"),
        ("2026-12-01T09:00 Send It", "Send It"),
        ("9 pm Hand over", "Hand over"),
        ("eod", ""),
        ("1 h Ⓓublin عربي", "Ⓓublin عربي"),
    ],
)
def test_the_rest_is_the_text_as_it_was_written(text: str, rest: str) -> None:
    assert parse_when(text, NOW, SINGAPORE)[1] == rest


@pytest.mark.parametrize(
    "text",
    ["today 9:00", "today 14:20", "2026-11-24", "2026-11-25 14:00", "2020-01-01", "0001-01-01"],
)
def test_what_has_passed_is_refused_and_says_what_time_it_is(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_when(text, NOW, SINGAPORE)

    assert refused.value.field_name == "when"
    assert in_words(refused.value.problem) == (
        f"“{text}” has passed: it is 14:20 on 2026-11-25 in Asia/Singapore"
    )


def test_the_end_of_a_day_that_has_ended_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        parse_when("eod", at(SINGAPORE, "2026-11-25 18:30"), SINGAPORE)

    assert "has passed" in in_words(refused.value.problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "“” is not a time"),
        ("soon", "“soon” is not a time"),
        ("today", "“today” needs a time"),
        ("next year", "“next year” is not a time"),
        ("25:00", "there is no 25:00 on the clock"),
        ("tomorrow 9:75", "there is no 9:75 on the clock"),
        ("13pm", "there is no 13pm on the clock"),
        ("2026-02-30", "there is no 2026-02-30"),
        ("9999-12-31", "“9999-12-31” is more than ten years ahead"),
        ("in 2 months", "“2 months” counts months or years"),
        ("in 0m", "“0m” is not a length of time: it is zero"),
        ("5 Call PR", "“5 Call” is not a length of time"),
        ("at nine", "“at nine” is not a time"),
        ("coming week", "“coming week” is not a time"),
        ("1h 0", "“0” after “1h” may be part of the time"),
        ("1h 60", "“60” after “1h” may be part of the time"),
        ("367d", "“367d” is more than a year"),
        ("9:00 utc+14:01", "there is no offset utc+14:01"),
        ("9:00 America/Argentina", "there is no time zone America/Argentina"),
        ("9:00 Europe/" + "x" * 300, "there is no time zone Europe/x"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_an_example(text: str, problem: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_when(text, NOW, SINGAPORE)

    assert refused.value.field_name == "when"
    assert in_words(refused.value.problem).startswith(problem)
    parse_when(refused.value.example, NOW, SINGAPORE)


# Clocks that change: New York skips 02:00-03:00 on 2026-03-08 and has 01:00-02:00 twice on
# 2026-11-01; Dublin skips 01:00-02:00 on 2026-03-29 and has 01:00-02:00 twice on 2026-10-25.


@pytest.mark.parametrize(
    ("zone", "now", "text", "utc"),
    [
        (NEW_YORK, "2026-03-07 12:00", "tomorrow 2:30", "2026-03-08 07:30"),  # shows 03:30
        (DUBLIN, "2026-03-28 12:00", "tomorrow 1:30", "2026-03-29 01:30"),  # shows 02:30
        (NEW_YORK, "2026-10-31 12:00", "tomorrow 1:30", "2026-11-01 05:30"),  # the first
        (DUBLIN, "2026-10-24 12:00", "tomorrow 1:30", "2026-10-25 00:30"),  # the first
        (NEW_YORK, "2026-03-07 12:00", "tomorrow 9:00", "2026-03-08 13:00"),
        (NEW_YORK, "2026-10-31 12:00", "tomorrow 9:00", "2026-11-01 14:00"),
        (SINGAPORE, "2026-03-28 12:00", "tomorrow 2:30", "2026-03-28 18:30"),
        (SINGAPORE, "2026-10-31 12:00", "tomorrow 1:30", "2026-10-31 17:30"),
    ],
)
def test_nights_on_which_the_clocks_change(zone: ZoneInfo, now: str, text: str, utc: str) -> None:
    moment, _ = parse_when(text, at(zone, now), zone)

    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_of_a_time_that_comes_twice_the_second_is_meant_once_the_first_has_passed() -> None:
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

    moment, _ = parse_when("1:30", first + timedelta(minutes=15), NEW_YORK)

    assert moment == first + timedelta(hours=1)


def test_after_both_it_is_tomorrow() -> None:
    now = datetime(2026, 11, 1, 6, 45, tzinfo=UTC)

    assert local("1:30", NEW_YORK, now) == "Mon 2026-11-02 01:30"


def test_in_24_hours_is_by_the_stopwatch_whatever_the_clocks_do() -> None:
    now = at(NEW_YORK, "2026-03-07 12:00")

    assert parse_when("in 24h", now, NEW_YORK)[0] - now == timedelta(hours=24)
    assert parse_when("in 1d", now, NEW_YORK)[0] - now == timedelta(hours=24)
    assert parse_when("tomorrow 12:00", now, NEW_YORK)[0] - now == timedelta(hours=23)


zones = st.sampled_from([SINGAPORE, NEW_YORK, DUBLIN, APIA, ZoneInfo("Australia/Lord_Howe")])
moments = st.integers(1_104_537_600, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC))
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(zones, st.dates(date(2005, 1, 1), date(2040, 1, 1)), clocks)
def test_every_time_of_every_day_has_an_instant_and_shows_it_unless_it_is_skipped(
    zone: ZoneInfo, day: date, clock: time
) -> None:
    found = list(instants(day, clock, zone))

    assert found == sorted(set(found))
    assert 1 <= len(found) <= 2
    shown = [moment.astimezone(zone).replace(tzinfo=None) for moment in found]
    wanted = datetime.combine(day, clock)
    if shown != [wanted] * len(found):
        # Skipped: nothing in the world showed it, and what is shown lies behind the gap.
        assert len(found) == 1
        assert shown[0] > wanted


@given(moments, zones, clocks)
def test_a_time_alone_is_the_next_instant_at_which_it_is_shown(
    now: datetime, zone: ZoneInfo, clock: time
) -> None:
    moment, rest = parse_when(f"{clock:%H:%M} call", now, zone)

    assert rest == "call"
    assert now < moment <= now + timedelta(hours=49)
    today = now.astimezone(zone).date()
    assert not [m for m in instants(today, clock, zone) if now < m < moment]


@given(
    moments,
    zones,
    st.sampled_from(
        ["in 2h", "tomorrow", "tomorrow 23:59", "mon", "sun 0:00", "next friday", "next week", "1w"]
    ),
)
def test_every_form_lies_ahead_and_within_two_weeks(
    now: datetime, zone: ZoneInfo, text: str
) -> None:
    moment, _ = parse_when(text, now, zone)

    assert now < moment < now + timedelta(days=15)


@given(st.text(max_size=40), zones)
def test_any_text_is_a_time_ahead_or_refused(text: str, zone: ZoneInfo) -> None:
    with suppress(BadInput):
        moment, rest = parse_when(text, NOW, zone)
        assert moment > NOW
        assert text.rstrip().endswith(rest)
