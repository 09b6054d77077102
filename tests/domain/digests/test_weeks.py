"""When a weekly digest is due: one a week, whatever the clocks and the restarts do."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.digests.weeks import Occurrence, next_occurrence, periods_due, week_until

SINGAPORE = ZoneInfo("Asia/Singapore")
NEW_YORK = ZoneInfo("America/New_York")
DUBLIN = ZoneInfo("Europe/Dublin")
MONDAY, SUNDAY = 0, 6
NINE = time(9, 0)


def at(zone: ZoneInfo, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_it_is_due_at_its_hour_and_covers_the_seven_days_before() -> None:
    due = at(SINGAPORE, "2026-11-23 09:00")

    assert periods_due(MONDAY, NINE, SINGAPORE, due - timedelta(days=7), due) == [
        Occurrence(at(SINGAPORE, "2026-11-16 09:00"), due, due)
    ]


def test_it_is_not_due_a_second_before() -> None:
    due = at(SINGAPORE, "2026-11-23 09:00")

    assert (
        periods_due(MONDAY, NINE, SINGAPORE, due - timedelta(days=7), due - timedelta(seconds=1))
        == []
    )


def test_what_went_out_is_not_due_again() -> None:
    due = at(SINGAPORE, "2026-11-23 09:00")

    assert periods_due(MONDAY, NINE, SINGAPORE, due, due + timedelta(days=6)) == []


def test_after_a_long_downtime_only_the_latest_is_made_up_for_and_marked_late() -> None:
    last = at(SINGAPORE, "2026-10-05 09:00")

    (found,) = periods_due(MONDAY, NINE, SINGAPORE, last, at(SINGAPORE, "2026-11-25 12:00"))

    assert found.due_at == at(SINGAPORE, "2026-11-23 09:00")
    assert found.late


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (10, False), (11, True)])
def test_more_than_ten_minutes_is_late(minutes: int, late: bool) -> None:
    due = at(SINGAPORE, "2026-11-23 09:00")
    now = due + timedelta(minutes=minutes)

    (found,) = periods_due(MONDAY, NINE, SINGAPORE, due - timedelta(days=7), now)

    assert found.late is late


def test_a_rule_that_never_ran_has_missed_its_latest_week() -> None:
    (found,) = periods_due(MONDAY, NINE, SINGAPORE, None, at(SINGAPORE, "2026-11-25 12:00"))

    assert found.late


def test_a_rule_seen_first_on_a_wednesday_is_due_on_the_next_monday() -> None:
    seen = at(SINGAPORE, "2026-11-25 12:00")

    assert periods_due(MONDAY, NINE, SINGAPORE, seen, seen + timedelta(days=1)) == []
    assert next_occurrence(MONDAY, NINE, SINGAPORE, seen).due_at == at(
        SINGAPORE, "2026-11-30 09:00"
    )


@pytest.mark.parametrize(
    ("zone", "clock", "due", "hours"),
    [
        (NEW_YORK, time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC), 168),  # skipped: 03:30
        (NEW_YORK, time(9, 0), datetime(2026, 3, 8, 13, 0, tzinfo=UTC), 167),
        (NEW_YORK, time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 168),  # twice: the first
        (NEW_YORK, time(9, 0), datetime(2026, 11, 1, 14, 0, tzinfo=UTC), 169),
        (DUBLIN, time(1, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC), 168),
        (DUBLIN, time(1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 168),
    ],
)
def test_the_nights_on_which_the_clocks_change(
    zone: ZoneInfo, clock: time, due: datetime, hours: int
) -> None:
    """Counted by the minute through the night: due once, and once only."""
    after = due - timedelta(days=3)
    found = []
    for minute in range(-240, 240):
        for occurrence in periods_due(SUNDAY, clock, zone, after, due + timedelta(minutes=minute)):
            found.append(occurrence)
            after = occurrence.due_at

    assert [occurrence.due_at for occurrence in found] == [due]
    assert found[0].period_end - found[0].period_start == timedelta(hours=hours)


zones = st.sampled_from(
    [SINGAPORE, NEW_YORK, DUBLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Cairo")]
)
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
moments = st.integers(1_104_537_600, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC))


@settings(deadline=None)
@given(st.integers(0, 6), clocks, zones, moments)
def test_a_year_has_one_digest_a_week_and_its_periods_tile(
    weekday: int, clock: time, zone: ZoneInfo, start: datetime
) -> None:
    now, found = start, []
    for _ in range(53):
        occurrence = next_occurrence(weekday, clock, zone, now)
        found.append(occurrence)
        now = occurrence.due_at

    dates = [occurrence.due_at.astimezone(zone).date() for occurrence in found]
    assert all(date.weekday() == weekday for date in dates)
    for earlier, later in pairwise(found):
        assert later.period_start == earlier.period_end == earlier.due_at
        assert timedelta(hours=167) <= later.due_at - earlier.due_at <= timedelta(hours=169)


@given(st.integers(0, 6), clocks, zones, moments, st.lists(st.integers(1, 15 * 24 * 60)))
def test_however_often_it_is_asked_no_period_comes_twice_and_the_latest_always_comes(
    weekday: int, clock: time, zone: ZoneInfo, start: datetime, minutes: list[int]
) -> None:
    after, now, sent = start, start, []
    for wait in minutes:
        now += timedelta(minutes=wait)
        for occurrence in periods_due(weekday, clock, zone, after, now):
            sent.append(occurrence.period_end)
            after = occurrence.due_at

    assert sent == sorted(set(sent))
    latest = next_occurrence(weekday, clock, zone, now).period_start
    assert latest <= start or latest in sent


@given(moments, zones, st.integers(1, 12))
def test_earlier_weeks_tile_backwards(moment: datetime, zone: ZoneInfo, weeks: int) -> None:
    period = week_until(moment, zone)

    assert period.end == moment
    assert period.earlier(weeks).start == period.earlier(weeks + 1).end
    assert period.start == period.earlier(1).end
    assert period.start in period
    assert period.start not in period.earlier(1), "what happens between two weeks is in one"
