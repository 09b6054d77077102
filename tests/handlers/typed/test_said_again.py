"""How a time is said again in a command that the bot offers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.typed.times import FoundTime, Timed
from tests.factories import NOON

SINGAPORE = ZoneInfo("Asia/Singapore")


def again(said: str, at: datetime) -> str:
    return FoundTime(Timed(at, SINGAPORE, ""), said, at_the_end=True).by(NOON)


@pytest.mark.parametrize("said", ["17:00", "tomorrow 9:00", "2 hours before noon", "eod"])
def test_a_point_in_time_stays_as_it_was_typed(said: str) -> None:
    assert again(said, NOON + timedelta(hours=2)) == said
    assert again(f"at {said}", NOON + timedelta(hours=2)) == said


@pytest.mark.parametrize("said", ["in 2 hours", "2 hours", "in a while"])
def test_a_length_of_time_becomes_its_moment(said: str) -> None:
    assert again(said, NOON + timedelta(hours=2)) == "22:00"


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        (timedelta(hours=23) - timedelta(seconds=1), "19:00"),
        (timedelta(hours=23), "2026-11-24 19:00"),
        (timedelta(hours=2, seconds=1), "22:01"),
    ],
)
def test_a_moment_has_its_day_unless_it_comes_soon_and_is_never_too_early(
    after: timedelta, moment: str
) -> None:
    assert again("in a while", NOON + after) == moment
