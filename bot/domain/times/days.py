"""Days in a sentence: `tomorrow`, `fri`, `next monday`, `2026-12-01`, `3 Dec`."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.errors import BadInput
from bot.domain.problems.times import DayHasPassed, NoSuchDate, NotATime, ReadInTwoWays
from bot.domain.times.durations import DAY
from bot.domain.times.lengths import read_length
from bot.domain.times.words import Words, several

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_NAMES: dict[str, int] = {
    **{name: day for day, name in enumerate(WEEKDAYS)},
    **{name[:3]: day for day, name in enumerate(WEEKDAYS)},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
MONTHS = several(
    "january february march april may june july august september october november december"
)
_MONTH_NAMES = {
    **{name: month for month, name in enumerate(MONTHS, 1)},
    **{name[:3]: month for month, name in enumerate(MONTHS, 1)},
    "sept": 9,
}
_ISO = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")
_YEAR = re.compile(r"20[0-9]{2}")
_TOMORROW = frozenset(
    several("tomorrow tmr tmrw tmw tmrow tomo tomoro tomoz 2moro 2morrow 2mrw 2mro")
)
_NEXT = frozenset({"next", "nxt", "coming"})
_SLASHED = re.compile(r"[0-9]{1,4}[/.][0-9]{1,2}(?:[/.][0-9]{2,4})?|[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}")
NAMES = frozenset(_DAY_NAMES) | _TOMORROW | {"today", "tonight"}


@dataclass(frozen=True, slots=True)
class Day:
    """A day as read. `count`: how many words it takes.

    `of` takes today's date and returns the dates that may be meant, the earliest first.
    """

    name: str
    count: int
    of: Callable[[date], list[date]]


def read_day(words: Words, start: int) -> Day | None:
    """Read a day, with or without `on` in front; None if there is none.

    Raises BadInput for a day that has passed, does not exist or can be read in two ways.
    """
    the = words.at(start) == "the" and _the_of(words.at(start + 1))
    on = words.at(start) in ("on", "by")
    at = start + (the or on + (words.at(start + on) == "this"))
    found = _named(words, at) or _iso(words, at) or _month(words, at) or _ahead(words, start)
    if found is None:
        _refuse_two_ways(words.at(at))
        return None
    used = found.count + (at - start if found.name != "in" else 0)
    return Day(found.name, used, found.of)


def _the_of(word: str) -> bool:
    """Accept `the day after tomorrow` and `the 3rd of December`, but not `the Monday report`."""
    return word == "day" or _ORDINAL.fullmatch(word) is not None


def _named(words: Words, at: int) -> Day | None:
    word = words.at(at)
    if word in ("today", "tonight"):
        return Day(word, 1, lambda today: [today])
    if word in _TOMORROW:
        return Day("tomorrow", 1, lambda today: [today + DAY])
    if words.words[at : at + 3] == ("day", "after", "tomorrow"):
        return Day("day after tomorrow", 3, lambda today: [today + 2 * DAY])
    if word in _DAY_NAMES:
        return Day(word, 1, lambda today: _on_weekday(_DAY_NAMES[word], today))
    if word == "yesterday":
        raise BadInput("when", DayHasPassed("yesterday"), "tomorrow 9:00")
    return _next(words, at) if word in _NEXT else None


def _on_weekday(weekday: int, today: date) -> list[date]:
    ahead = (weekday - today.weekday()) % 7
    return [today + timedelta(days=ahead), today + timedelta(days=ahead + 7)]


def _next(words: Words, at: int) -> Day | None:
    """Read a day of next week. Weeks begin on Monday. `coming friday` is the next Friday."""
    day = words.at(at + 1)
    if words.at(at) == "coming":
        weekday = _DAY_NAMES.get(day)
        return None if weekday is None else Day(day, 2, lambda today: _on_weekday(weekday, today))
    if day != "week" and day not in _DAY_NAMES:
        if at:
            return None
        raise BadInput("when", NotATime(words.said(2)), "next monday")
    ahead = 7 + _DAY_NAMES.get(day, 0)
    return Day(f"next {day}", 2, lambda today: [today + timedelta(ahead - today.weekday())])


def _iso(words: Words, at: int) -> Day | None:
    found = _ISO.fullmatch(words.at(at))
    if found is None:
        return None
    day = _date(words.written[at], int(found[1]), int(found[3]), int(found[4]))
    return Day("date", 1, lambda _: [day])


def _month(words: Words, at: int) -> Day | None:
    """Read `3 Dec`, `Dec 3rd`, `3 of December 2026`. Without a year, the next such day counts."""
    of = words.at(at + 1) == "of"
    pairs = ((at, at + 1 + of, 2 + of), (at + 1, at, 2))
    for day_at, month_at, count in pairs:
        month = _MONTH_NAMES.get(words.at(month_at))
        day = _ORDINAL.fullmatch(words.at(day_at))
        if month is not None and day is not None:
            return _in_month(words, at, count, month, int(day[1]))
    return None


def _in_month(words: Words, at: int, count: int, month: int, day: int) -> Day:
    said = " ".join(words.written[at : at + count])
    if _YEAR.fullmatch(words.at(at + count)):
        whole = _date(said, int(words.at(at + count)), month, day)
        return Day("date", count + 1, lambda _: [whole])
    _date(said, 2024, month, day)  # In a leap year, every possible day exists.
    return Day("date", count, lambda today: _years_of(month, day, today))


def _years_of(month: int, day: int, today: date) -> list[date]:
    there = []
    for year in range(today.year, today.year + 9):
        with suppress(ValueError):
            there.append(date(year, month, day))
    return there


def _ahead(words: Words, start: int) -> Day | None:
    """Read `in 3 days`, for use with a time of day."""
    if words.at(start) != "in":
        return None
    found = read_length(words, start + 1)
    if found is None or not found.whole_days:
        return None
    return Day("in", found.count + 1, lambda today: [today + found.length])


def _date(word: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadInput("when", NoSuchDate(word), "2026-12-01 09:00") from None


def _refuse_two_ways(word: str) -> None:
    """Refuse `1/12`: it is 1 December in some countries and 12 January in others."""
    if _SLASHED.fullmatch(word) and word != "24/7":
        raise BadInput("when", ReadInTwoWays(word), "2026-12-01 09:30")
