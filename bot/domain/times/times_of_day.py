"""Times of day in a sentence: `9:00`, `9:00 p.m.`, `17:00 SGT`, `noon`, `eod`."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import time

from bot.domain.errors import BadInput
from bot.domain.problems.times import NotATimeOfDay, NotOnTheClock, PerhapsAnOffset
from bot.domain.times.words import Words
from bot.domain.times.zones import Zone, read_zone

EXAMPLE = "tomorrow 9:00"


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The policy's rules on time: when a working day begins and ends, and where people work.

    `countries`: the policy's markets as ISO 3166 codes. They decide what `IST` means.
    """

    begins: time = time(9, 0)
    ends: time = time(18, 0)
    countries: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day, how many words it takes, and the zone if there is one."""

    time: time
    count: int
    zone: Zone | None = None
    word: str = ""
    """`eod`, `noon` or `midnight`, if the person wrote one of these."""
    halved: bool = False
    """Written with am or pm."""


_CLOCK = re.compile(
    r"@?([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?|\.([0-9]{2})(?=[ap]))?"
    r"(am|pm|a\.m|p\.m|a|p)?(z|(?:utc|gmt)?[+-][0-9]{1,2}(?::?[0-9]{2})?)?"
)
_IN_A_DAY = re.compile(r"@?(0?[7-9]|1[0-9]|2[0-3])h([0-5][0-9])")
"""`9h30` is a time after a day or `at`. Alone it may be a length, and `1h30` always may."""
_HALVES = {"am": "am", "a.m": "am", "a": "am", "pm": "pm", "p.m": "pm", "p": "pm"}
_APART: dict[tuple[str, ...], str] = {
    ("am",): "am",
    ("a.m",): "am",
    ("pm",): "pm",
    ("p.m",): "pm",
    ("a", "m"): "am",
    ("p", "m"): "pm",
}
_BEFORE = frozenset({"at", "@", "by"})
_RANGE = re.compile(r"-[0-9]{1,2}(?::?[0-9]{2})?")
_DATED = re.compile(r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}")
_NAMED = {"noon": "noon", "midday": "noon", "midnight": "midnight", "eod": "eod", "cob": "eod"}
_PHRASES = {"end of day": "eod", "close of business": "eod"}
_OWN_ZONE = (("local", "time"), ("my", "time"))


def read_clock(
    words: Words, start: int, working: WorkingTime, *, behind_day: bool = False
) -> TimeOfDay | None:
    """Read a time of day, with or without `at` in front; None if there is none.

    A number alone is refused after `at`: `at 9` may be the morning or the evening.
    """
    at = start + (words.at(start) in _BEFORE)
    found = _named(words, at, working) or _digits(words, at)
    if found is None and (behind_day or at > start):
        found = _with_h(words, at)
    if found is None:
        if at > start and words.at(at).isdecimal():
            raise not_a_time_of_day(words.at(at))
        return None
    return _with_zone(words, at, working, found, skipped=at - start)


def _named(words: Words, at: int, working: WorkingTime) -> TimeOfDay | None:
    word, count = _NAMED.get(words.at(at)), 1
    if word is None:
        word, count = _PHRASES.get(" ".join(words.words[at : at + 3])), 3
    match word:
        case "noon":
            return TimeOfDay(time(12, 0), count, word="noon")
        case "midnight":
            return TimeOfDay(time(0, 0), count, word="midnight")
        case "eod":
            return TimeOfDay(working.ends, count, word="eod")
        case _:
            return None


def _digits(words: Words, at: int) -> TimeOfDay | None:
    word = words.at(at)
    found = _CLOCK.fullmatch(word)
    if found is None:
        return None
    half, count = _HALVES.get(found[5] or ""), 1
    if half is None and found[6] is None:
        half, count = _half_apart(words, at)
    if found[2] is None and half is None:
        return None
    said = words.written[at]
    if found[6]:
        _refuse_range(words, at, found[6])
    zone = read_zone(said[found.start(6) :].upper(), ()) if found[6] else None
    return TimeOfDay(_time(word, found, half), count, zone, halved=half is not None)


def _half_apart(words: Words, at: int) -> tuple[str | None, int]:
    """Read am or pm in separate words: `9 pm`, `9:00 p. m.`."""
    for length in (1, 2):
        if half := _APART.get(words.words[at + 1 : at + 1 + length]):
            return half, 1 + length
    return None, 1


def _with_h(words: Words, at: int) -> TimeOfDay | None:
    found = _IN_A_DAY.fullmatch(words.at(at))
    return TimeOfDay(time(int(found[1]), int(found[2])), 1) if found else None


def _refuse_range(words: Words, at: int, offset: str) -> None:
    """Refuse `9:00-10:00`: most people mean a range. After a whole date it is a UTC offset."""
    dated = any(_DATED.fullmatch(words.at(before)) for before in (at - 1, at - 2))
    if _RANGE.fullmatch(offset) and not dated:
        example = f"17:00 UTC{offset}" if ":" in offset else EXAMPLE
        raise BadInput("when", PerhapsAnOffset(offset), example)


def _time(word: str, found: re.Match[str], half: str | None) -> time:
    hour, minute, second = int(found[1]), int(found[2] or found[4] or 0), int(found[3] or 0)
    if half and not 1 <= hour <= 12:
        raise _not_on_the_clock(word)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise _not_on_the_clock(word)
    return time(hour, minute, second)


def _with_zone(
    words: Words, at: int, working: WorkingTime, found: TimeOfDay, skipped: int
) -> TimeOfDay:
    count, zone, behind = found.count + skipped, found.zone, at + found.count
    if zone is None and not words.ends_at(behind) and behind < len(words):
        if words.words[behind : behind + 2] in _OWN_ZONE:
            count += 2
        else:
            zone = read_zone(words.written[behind], working.countries)
            if zone is not None:
                _refuse_range(words, at, words.words[behind])
            count += zone is not None
    return TimeOfDay(found.time, count, zone, found.word, found.halved)


def _not_on_the_clock(word: str) -> BadInput:
    return BadInput("when", NotOnTheClock(word[:20]), EXAMPLE)


def not_a_time_of_day(number: str) -> BadInput:
    """Return the error for a number alone, with the times that it may mean."""
    hour = int(number[:9])
    if 12 < hour < 24:
        ways: tuple[str, ...] = (f"{hour}:00", f"{hour - 12}pm")
    elif 0 < hour <= 12:
        ways = (f"{hour}:00", f"{hour}am", f"{hour}pm")
    else:
        ways = ("9:00", "9am", "9pm")
    return BadInput("when", NotATimeOfDay(number[:20], ways), EXAMPLE)
