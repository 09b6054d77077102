"""Reads a point in time from a command: `in 2h`, `tomorrow 9:00`, `17:00 SGT friday`.

There is one grammar. The bot either understands a time or refuses it, and it also refuses a time if
the words after it still look like a time. The rest is the command's text. docs/reference/times.md
has the table of examples; each of them is a test.

When the clocks change: a time that they skip moves on by the length of the gap (02:30 becomes
03:30). If a time comes twice, the first one that is still ahead counts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput
from bot.domain.problems.times import (
    HasPassed,
    MoreThanAYear,
    NeedsAClock,
    NotATime,
    NotInTheEvening,
    OneTimeThenASpace,
    TooFarAhead,
    WhichMidnight,
)
from bot.domain.times.days import Day, read_day
from bot.domain.times.durations import DAY, LONGEST, parse_duration
from bot.domain.times.leftover import Behind, refuse_leftover
from bot.domain.times.lengths import is_number, read_length, refuse_like_a_clock
from bot.domain.times.times_of_day import (
    EXAMPLE,
    TimeOfDay,
    WorkingTime,
    not_a_time_of_day,
    read_clock,
)
from bot.domain.times.words import Words

__all__ = ["EXAMPLE", "When", "WorkingTime", "instants", "parse_when", "read_when"]

USUAL = WorkingTime()
_GLUED = re.compile(r"@?([0-9]{1,2}:[0-9]{2}|[0-9]{1,2}(?::[0-9]{2})?[ap]m)(.+)")
_EVENING = time(17, 0)
_HOURS = 25
_LONGEST_AHEAD = 366 * DAY


@dataclass(frozen=True, slots=True)
class When:
    """A point in time in UTC, the text after it, and the index at which the time ends."""

    moment: datetime
    text: str
    end: int


def read_when(text: str, now: datetime, zone: ZoneInfo, working: WorkingTime = USUAL) -> When:
    """Read a point in time at the beginning of `text`.

    Raises BadInput for `when` if the time is unclear, has passed, or is too far ahead: a length of
    time reaches at most 366 days ahead, a date about ten years.
    """
    words = Words.of(text)
    reading = _Reading(words, now, zone, working)
    moment, used = reading.stopwatch() or reading.calendar() or (None, 0)
    if moment is None:
        raise _not_understood(words)
    return When(moment, words.after(used), words.end(used))


def parse_when(
    text: str, now: datetime, zone: ZoneInfo, working: WorkingTime = USUAL
) -> tuple[datetime, str]:
    """Do the same as `read_when`, but return only the moment and the text after it."""
    found = read_when(text, now, zone, working)
    return found.moment, found.text


Found = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class _Parts:
    """A day and a time of day, in either order, and how many words they take."""

    day: Day | None
    clock: TimeOfDay | None
    count: int


@dataclass(frozen=True, slots=True)
class _Reading:
    words: Words
    now: datetime
    zone: ZoneInfo
    working: WorkingTime

    def stopwatch(self) -> Found | None:
        """Read `in 2h`, `2h`, `an hour from now`: elapsed time, even across a clock change."""
        start = int(self.words.at(0) == "in")
        if not start:
            refuse_like_a_clock(self.words)
        found = read_length(self.words, start)
        if found is None:
            return None
        used = start + found.count
        on_a_day = start and found.whole_days and not self.words.ends_at(used)
        if on_a_day and read_clock(self.words, used, self.working) is not None:
            return None  # `in 3 days at 9:00`
        if self.words.words[used : used + 2] == ("from", "now"):
            used += 2
        refuse_leftover(self.words, used, self.working, Behind.LENGTH)
        if found.length > _LONGEST_AHEAD:
            raise BadInput(
                "when",
                MoreThanAYear(self.words.said(used)),
                "2026-12-01 09:00",
            )
        return self.now.astimezone(UTC) + found.length, used

    def calendar(self) -> Found | None:
        parts = self._parts()
        if parts.day is None and parts.clock is None:
            return None
        behind = Behind.CLOCK if parts.clock else Behind.DAY
        refuse_leftover(self.words, parts.count, self.working, behind)
        said = self.words.said(parts.count)
        day, clock = parts.day, parts.clock
        where: tzinfo = clock.zone.offset if clock and clock.zone else self.zone
        days = self._days(said, day, clock, self.now.astimezone(where).date())
        at = clock.time if clock else self.working.begins
        moment = self._first_ahead(said, days, at, where)
        if clock and clock.zone:
            clock.zone.check(moment)
        return moment, parts.count

    def _parts(self) -> _Parts:
        """Read parts until one repeats or something else follows."""
        day: Day | None = None
        clock: TimeOfDay | None = None
        at = 0
        while at < len(self.words) and not (at and self.words.ends_at(at)):
            if clock is None and (clock := self._clock(at, day)):
                at += clock.count
            elif day is None and (day := read_day(self.words, at)):
                at += day.count
            else:
                break
        return _Parts(day, clock, at)

    def _clock(self, at: int, day: Day | None) -> TimeOfDay | None:
        return read_clock(self.words, at, self.working, behind_day=day is not None)

    def _days(
        self, said: str, day: Day | None, clock: TimeOfDay | None, today: date
    ) -> Iterable[date]:
        """Return the days that may be meant, the earliest first.

        Raises BadInput for words that two people would read differently.
        """
        name = day.name if day else ""
        if clock is None and name in ("today", "tonight"):
            raise BadInput("when", NeedsAClock(name), "today 17:30")
        if clock and clock.word == "midnight" and day:
            if name not in ("today", "tonight"):
                raise BadInput("when", WhichMidnight(said), "tomorrow 23:59")
            return [today + DAY]
        if clock and name == "tonight" and clock.time < _EVENING:
            raise BadInput("when", NotInTheEvening(said), EXAMPLE)
        if day:
            return day.of(today)
        return [today] if clock and clock.word == "eod" else [today, today + DAY]

    def _first_ahead(self, said: str, days: Iterable[date], clock: time, where: tzinfo) -> datetime:
        for day in days:
            if day.year > self.now.year + LONGEST.days // 366:
                raise BadInput("when", TooFarAhead(said), EXAMPLE)
            if day.year < self.now.year - 1:
                continue  # Long past, and the first days of the calendar have no time in UTC.
            for instant in instants(day, clock, where):
                if instant > self.now:
                    return instant
        there = self.now.astimezone(self.zone)
        raise BadInput("when", HasPassed(said, there, self.zone.key), EXAMPLE)


def _not_understood(words: Words) -> BadInput:
    """Return the error that helps most. A text that begins with `in` or a number is probably a
    length of time, so the error says what is wrong with that."""
    if glued := _GLUED.match(words.at(0)):
        clock, more = glued.groups()
        problem = OneTimeThenASpace(words.said(1))
        return BadInput("when", problem, f"{clock} {more}" if more.isalpha() else clock)
    if len(words) == 1 and words.at(0).isdecimal() and int(words.at(0)[:9]) < _HOURS:
        return not_a_time_of_day(words.at(0))
    run = words.written[1:] if words.at(0) == "in" else words.written
    if run and (words.at(0) == "in" or is_number(run[0].lower()) or run[0][:1].isdigit()):
        written = run[0] if run[0][-1:].isalpha() else " ".join(run[:2])
        try:
            parse_duration(written)
        except BadInput as error:
            return BadInput("when", error.problem, f"in {error.example}")
    return BadInput("when", NotATime(words.said(2)), EXAMPLE)


def instants(day: date, clock: time, zone: tzinfo) -> Iterator[datetime]:
    """Yield when the clocks of `zone` show this time on this day, in UTC, the earliest first.

    When an hour comes twice, there are two instants. When an hour is skipped, there is one: the
    time moved on by the length of the gap, as the offset before the change gives it.
    """
    local = datetime.combine(day, clock, zone)
    first = local.replace(fold=0).astimezone(UTC)
    second = local.replace(fold=1).astimezone(UTC)
    yield first
    # In a gap the offsets are the other way round, so `second` comes before `first`.
    if second > first:
        yield second
