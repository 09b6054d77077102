"""A point in time as people write it in a command: `in 2h`, `tomorrow 9:00`, `mon 14:30`, `eod`.

Strict: what is understood is one of the forms below, and whatever follows is the text it was
written before. All are in the person's own time zone, and all lie ahead.

| written | means |
|---|---|
| `in 2h`, `2h`, `in 30 min`, `in an hour` | that much later, by the stopwatch: `2d` is 48 hours |
| `9:00`, `9am`, `at 17:30` | the next time the clock shows it, today or tomorrow |
| `today 17:30`, `tomorrow`, `tomorrow 9:00` | that day |
| `fri`, `mon 14:30` | the next such day on which that time is still ahead, today included |
| `next monday`, `next week` | that day of the week after this one; weeks begin on Monday |
| `2026-12-01`, `2026-12-01 09:00` | that date |
| `eod`, `tomorrow eod` | 18:00, the end of the working day |

A day without a time means 09:00. Nights on which the clocks change: a time that the clocks skip is
moved on by what they skip (02:30 becomes 03:30); of a time that comes twice the first is meant that
is still ahead.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.clockwork import MORNING
from bot.domain.durations import LONGEST, parse_duration
from bot.domain.errors import BadInput

END_OF_DAY = time(18, 0)
EXAMPLE = "tomorrow 9:00"

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_NAMES: dict[str, int] = {
    **{name: day for day, name in enumerate(_WEEKDAYS)},
    **{name[:3]: day for day, name in enumerate(_WEEKDAYS)},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_WORD = re.compile(r"\S+")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_STAMP = re.compile(r"^(\s*(?:on\s+)?[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})T(?=[0-9])", re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?(am|pm)?")
_LONGEST_DURATION_IN_WORDS = 6


@dataclass(frozen=True, slots=True)
class _Words:
    """The text's words in lower case, and where the rest begins after so many of them."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "_Words":
        text = _STAMP.sub(r"\1 ", text)
        found = list(_WORD.finditer(text))
        return cls(
            text,
            tuple(word[0].lower().rstrip(",") for word in found),
            tuple(word.start() for word in found),
        )

    def at(self, index: int) -> str:
        return self.words[index] if index < len(self.words) else ""

    def after(self, count: int) -> str:
        return self.text[self.starts[count] :].strip() if count < len(self.starts) else ""

    def said(self, count: int) -> str:
        return " ".join(self.words[: max(count, 1)])[:40]


def parse_when(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
    """Read a point in time at the beginning of `text`.

    Returns it in UTC with the rest of the text; raises BadInput for `when` if it cannot be
    understood, has passed, or lies more than ten years ahead.
    """
    words = _Words.of(text)
    moment, used = (
        _stopwatch(words, now) or _on_a_day(words, now, zone) or _at_a_time(words, now, zone)
    ) or (None, 0)
    if moment is None:
        raise _not_understood(words)
    return moment, words.after(used)


Found = tuple[datetime, int]


def _not_understood(words: _Words) -> BadInput:
    """Whoever began with `in` or a number meant a length of time: say what is wrong with that."""
    run = words.words[1:] if words.at(0) == "in" else words.words
    if run and (words.at(0) == "in" or run[0][:1].isdigit()):
        written = run[0] if re.search("[a-z]", run[0]) else " ".join(run[:2])
        try:
            parse_duration(written)
        except BadInput as error:
            return BadInput("when", error.problem, f"in {error.example}")
    return BadInput("when", f"'{words.said(2)}' is not a time", EXAMPLE)


def _stopwatch(words: _Words, now: datetime) -> Found | None:
    """`in 2h`, `2h`, `in 1 h 30 min`: the longest run of words that is a duration."""
    start = 1 if words.at(0) == "in" else 0
    run = list(words.words[start : start + _LONGEST_DURATION_IN_WORDS])
    if start and run and run[0] in ("a", "an"):
        run[0] = "1"
    for count in range(len(run), 0, -1):
        try:
            length = parse_duration(" ".join(run[:count]), "when")
        except BadInput:
            continue
        return (now + length).astimezone(UTC), start + count
    return None


def _on_a_day(words: _Words, now: datetime, zone: ZoneInfo) -> Found | None:
    """A day, with or without a time behind it."""
    start = 1 if words.at(0) == "on" else 0
    days, used = _days(words, start, now.astimezone(zone).date())
    if not used:
        return None
    clock, clock_words = _time_of_day(words, start + used)
    if words.at(start) == "today" and clock is None:
        raise BadInput("when", "'today' needs a time", "today 17:30")
    count = start + used + clock_words
    return _first_ahead(words.said(count), days, clock or MORNING, now, zone), count


def _days(words: _Words, start: int, today: date) -> tuple[list[date], int]:
    """Return the days that may be meant, earliest first, and by how many words they are named."""
    word = words.at(start)
    if word in ("today", "eod"):
        return [today], 0 if word == "eod" else 1
    if word == "tomorrow":
        return [today + timedelta(days=1)], 1
    if word in _DAY_NAMES:
        ahead = (_DAY_NAMES[word] - today.weekday()) % 7
        return [today + timedelta(days=ahead), today + timedelta(days=ahead + 7)], 1
    if word == "next":
        return _next(words, start, today), 2
    found = _DATE.fullmatch(word)
    return ([_date(word, found)], 1) if found else ([], 0)


def _next(words: _Words, start: int, today: date) -> list[date]:
    day = words.at(start + 1)
    if day != "week" and day not in _DAY_NAMES:
        raise BadInput("when", f"'next {day[:20]}' is not a time", "next monday")
    monday = today + timedelta(days=7 - today.weekday())
    return [monday + timedelta(days=_DAY_NAMES.get(day, 0))]


def _date(word: str, found: re.Match[str]) -> date:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise BadInput("when", f"there is no {word}", "2026-12-01 09:00") from None


def _at_a_time(words: _Words, now: datetime, zone: ZoneInfo) -> Found | None:
    """A time alone: the next time that the clock shows it; `eod` is today's."""
    clock, used = _time_of_day(words, 0)
    if clock is None:
        return None
    today = now.astimezone(zone).date()
    days = [today] if words.at(used - 1) == "eod" else [today, today + timedelta(days=1)]
    return _first_ahead(words.said(used), days, clock, now, zone), used


def _time_of_day(words: _Words, start: int) -> tuple[time | None, int]:
    """Read `9:00`, `at 17:30`, `9am`, `9 am`, `eod`; returns also how many words that took."""
    skipped = 1 if words.at(start) == "at" else 0
    word = words.at(start + skipped)
    if word == "eod":
        return END_OF_DAY, skipped + 1
    joined = word + words.at(start + skipped + 1)
    if words.at(start + skipped + 1) in ("am", "pm") and _CLOCK.fullmatch(joined):
        return _clock_time(joined), skipped + 2
    found = _CLOCK.fullmatch(word)
    if found is None or not (found[2] or found[3]):
        if skipped:
            raise BadInput("when", f"'{word[:20]}' is not a time of day", EXAMPLE)
        return None, 0
    return _clock_time(word), skipped + 1


def _clock_time(word: str) -> time:
    found = _CLOCK.fullmatch(word)
    if found is None:
        raise BadInput("when", f"'{word[:20]}' is not a time of day", EXAMPLE)
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        raise BadInput("when", f"there is no {word} on the clock", EXAMPLE)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise BadInput("when", f"there is no {word} on the clock", EXAMPLE)
    return time(hour, minute)


def _first_ahead(
    said: str, days: Iterable[date], clock: time, now: datetime, zone: ZoneInfo
) -> datetime:
    for day in days:
        if day.year > now.year + LONGEST.days // 366:
            raise BadInput("when", f"'{said}' is more than ten years ahead", EXAMPLE)
        if day.year < now.year - 1:
            continue  # long past, and the first days of the calendar have no UTC
        for instant in instants(day, clock, zone):
            if instant > now:
                return instant
    there = now.astimezone(zone)
    raise BadInput(
        "when", f"'{said}' has passed: it is {there:%H:%M on %Y-%m-%d} in {zone.key}", EXAMPLE
    )


def instants(day: date, clock: time, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield when the clocks of `zone` show this time on this day, in UTC, earliest first.

    Two instants in the night that has an hour twice. In the night that skips an hour, one: the
    skipped time moved on by what was skipped, which is what the offset before the change gives.
    """
    local = datetime.combine(day, clock, zone)
    first = local.replace(fold=0).astimezone(UTC)
    second = local.replace(fold=1).astimezone(UTC)
    yield first
    # In a gap the offsets are the other way round, and `second` lies before `first`.
    if second > first:
        yield second
