"""Snoozes, mornings and lateness."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.followups.cadence import LATE_AFTER, Snooze, is_late, local_morning, snoozed_until

SINGAPORE = ZoneInfo("Asia/Singapore")
NEW_YORK = ZoneInfo("America/New_York")
DUBLIN = ZoneInfo("Europe/Dublin")

zones = st.sampled_from([SINGAPORE, NEW_YORK, DUBLIN])
moments = st.integers(1_104_537_600, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC))


@pytest.mark.parametrize(
    ("snooze", "until"),
    [
        (Snooze.HALF_AN_HOUR, datetime(2026, 11, 25, 6, 50, tzinfo=UTC)),
        (Snooze.TWO_HOURS, datetime(2026, 11, 25, 8, 20, tzinfo=UTC)),
        (Snooze.TOMORROW, datetime(2026, 11, 26, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_snooze_ends_when_its_button_says(snooze: Snooze, until: datetime) -> None:
    now = datetime(2026, 11, 25, 6, 20, tzinfo=UTC)

    assert snoozed_until(snooze, now, SINGAPORE) == until


def test_tomorrow_is_the_persons_own() -> None:
    now = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)

    assert snoozed_until(Snooze.TOMORROW, now, SINGAPORE).day == 27
    assert snoozed_until(Snooze.TOMORROW, now, NEW_YORK).day == 26


@pytest.mark.parametrize(
    ("zone", "now", "snooze", "until"),
    [
        # New York: 02:00 is 03:00 on 8 March 2026; 01:00 to 02:00 comes twice on 1 November.
        (NEW_YORK, "2026-03-07T23:30", Snooze.TOMORROW, "2026-03-08T13:00"),
        (NEW_YORK, "2026-03-08T23:30", Snooze.TOMORROW, "2026-03-09T13:00"),
        (NEW_YORK, "2026-10-31T18:00", Snooze.TOMORROW, "2026-11-01T14:00"),
        (NEW_YORK, "2026-03-08T06:50", Snooze.HALF_AN_HOUR, "2026-03-08T07:20"),
        (NEW_YORK, "2026-11-01T05:45", Snooze.HALF_AN_HOUR, "2026-11-01T06:15"),
        (NEW_YORK, "2026-11-01T05:15", Snooze.TWO_HOURS, "2026-11-01T07:15"),
        # Dublin: 29 March and 25 October 2026, both at 01:00 UTC.
        (DUBLIN, "2026-03-28T12:00", Snooze.TOMORROW, "2026-03-29T08:00"),
        (DUBLIN, "2026-10-24T12:00", Snooze.TOMORROW, "2026-10-25T09:00"),
    ],
)
def test_on_a_night_on_which_the_clocks_change_nine_is_nine_and_half_an_hour_is_one(
    zone: ZoneInfo, now: str, snooze: Snooze, until: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert snoozed_until(snooze, moment, zone) == datetime.fromisoformat(until).replace(tzinfo=UTC)


@given(st.sampled_from(Snooze), moments, zones)
def test_a_snoozed_reminder_is_silent_for_a_while_and_speaks_within_two_days(
    snooze: Snooze, now: datetime, zone: ZoneInfo
) -> None:
    assert now + timedelta(minutes=30) <= snoozed_until(snooze, now, zone)
    assert snoozed_until(snooze, now, zone) < now + timedelta(hours=34)


@given(moments, zones, st.integers(1, 40))
def test_a_morning_is_nine_on_the_clock_there_whatever_the_clocks_do(
    now: datetime, zone: ZoneInfo, days: int
) -> None:
    there = local_morning(now, zone, days=days).astimezone(zone)

    assert there.time() == time(9, 0)
    assert there.date() == now.astimezone(zone).date() + timedelta(days=days)


@pytest.mark.parametrize(
    ("after", "late"),
    [(-LATE_AFTER, False), (LATE_AFTER, False), (LATE_AFTER + timedelta(seconds=1), True)],
)
def test_only_more_than_ten_minutes_is_late(after: timedelta, late: bool) -> None:
    due = datetime(2026, 11, 25, tzinfo=UTC)

    assert is_late(due, due + after) is late
