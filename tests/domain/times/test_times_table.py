"""docs/reference/times.md: each example of its tables, in three time zones."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import BadInput
from bot.domain.times.points import WorkingTime, parse_when
from tests.problems import in_words

PAGE = Path(__file__).parents[3] / "docs/reference/times.md"
ZONES = [ZoneInfo(name) for name in ("Asia/Singapore", "America/New_York", "Europe/Dublin")]
AFTERNOON = datetime(2026, 11, 25, 14, 20)  # noqa: DTZ001 - where the person is
NOW = datetime(2026, 11, 25, 6, 20, tzinfo=UTC)
MARKETS = WorkingTime(countries=frozenset({"SG", "IN", "IE", "IL", "US", "DE"}))

Row = tuple[str, ...]


def rows(heading: str) -> list[Row]:
    """The rows of the first table behind a heading of the page."""
    section = PAGE.read_text().split(f"{heading}\n", 1)[1]
    table = section[section.index("|---") :].split("\n\n", 1)[0].splitlines()[1:]
    return [tuple(cell.strip().strip("`") for cell in line[1:-1].split("|")) for line in table]


def read(written: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
    return parse_when(written, now, zone, MARKETS)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("row", rows("# How times are written"), ids=lambda row: row[0])
def test_each_example_means_this_wherever_one_is(row: Row, zone: ZoneInfo) -> None:
    written, means, text = row
    moment, rest = read(written, AFTERNOON.replace(tzinfo=zone), zone)
    assert (f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}", rest) == (means, text)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("row", rows("## Zones"), ids=lambda row: row[0])
def test_a_time_with_a_zone_is_the_same_moment_wherever_one_is(row: Row, zone: ZoneInfo) -> None:
    written, means = row
    moment, rest = read(written, NOW, zone)
    assert (f"{moment:%Y-%m-%d %H:%M}", rest) == (means, "")


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("row", rows("## What is refused"), ids=lambda row: row[0])
def test_each_of_these_is_refused_and_says_why(row: Row, zone: ZoneInfo) -> None:
    written, because = row
    with pytest.raises(BadInput) as refused:
        read(written, AFTERNOON.replace(tzinfo=zone), zone)
    assert because in in_words(refused.value.problem)
    read(refused.value.example, AFTERNOON.replace(tzinfo=zone), zone)


@pytest.mark.parametrize(
    "row", rows("## Nights on which the clocks change"), ids=lambda row: f"{row[0]}, {row[2]}"
)
def test_each_night_on_which_the_clocks_change(row: Row) -> None:
    where, now, written, means = row
    zone = ZoneInfo(where)
    moment, _ = read(written, datetime.fromisoformat(now).replace(tzinfo=zone), zone)
    assert f"{moment:%Y-%m-%d %H:%M}" == means


@pytest.mark.parametrize(
    ("countries", "written", "utc"),
    [
        ("IN", "17:00 IST", "11:30"),
        ("IL", "17:00 IST", "15:00"),
        ("US", "17:00 CST", "23:00"),
        ("US MX", "17:00 CST", "23:00"),
        ("TW", "17:00 CST", "09:00"),
        ("PH", "17:00 PST", "09:00"),
        ("BD", "17:00 BST", "11:00"),
        ("", "17:00 SGT", "09:00"),
        ("", "17:00 cat videos", "09:00"),
        ("", "17:00 CAT", "15:00"),
    ],
)
def test_the_policys_markets_say_what_an_abbreviation_means(
    countries: str, written: str, utc: str
) -> None:
    working = WorkingTime(countries=frozenset(countries.split()))
    moment, _ = parse_when(written, NOW, ZONES[0], working)
    assert f"{moment:%H:%M}" == utc


@pytest.mark.parametrize("written", ["17:00 IST", "17:00 BST", "17:00 CST", "17:00 PST"])
def test_without_markets_an_ambiguous_abbreviation_is_refused(written: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_when(written, NOW, ZONES[0])
    assert "could be" in in_words(refused.value.problem)


def test_british_summer_time_in_winter_is_refused() -> None:
    working = WorkingTime(countries=frozenset({"GB"}))
    with pytest.raises(BadInput) as refused:
        parse_when("17:00 BST", NOW, ZONES[0], working)
    assert "Europe/London is not on BST on that day" in in_words(refused.value.problem)
