"""Tells whether a text begins with a time, no matter which time it is."""

from bot.domain.errors import BadInput
from bot.domain.times.days import Day, read_day
from bot.domain.times.lengths import read_length
from bot.domain.times.times_of_day import WorkingTime, read_clock
from bot.domain.times.words import Words, several

_BEFORE = frozenset(several("from starting after around about"))
_BEHIND_A_LENGTH = frozenset(several("from before after later hence"))


def begins_with_time(text: str, working: WorkingTime) -> bool:
    """Tell whether the text begins with a day, a time of day or `in 2h`.

    A length without `in` counts only at the end of the text or before a word such as `before`:
    `2h of video` is not a time. `today` counts only with a time of day beside it.
    """
    words = Words.of(text)
    at = int(words.at(0) in _BEFORE)
    if _clock(words, at, working):
        return True
    day = _day(words, at)
    if day is not None:
        behind = at + day.count
        return day.name != "today" or _clock(words, behind, working)
    return _length(words, at)


def _clock(words: Words, at: int, working: WorkingTime) -> bool:
    """Accept `at 9` too, although it is refused as a time later. Reject `at 5 schools`."""
    if words.at(at) in ("at", "@", "by") and words.at(at + 1).isdecimal():
        behind = words.at(at + 2)
        return not (behind.isalpha() and behind.endswith("s"))
    try:
        return read_clock(words, at, working) is not None
    except BadInput:
        return True


def _day(words: Words, at: int) -> Day | None:
    try:
        return read_day(words, at)
    except BadInput:
        return None


def _length(words: Words, at: int) -> bool:
    begins = at + (words.at(at) == "in")
    found = read_length(words, begins)
    if found is None:
        return False
    end = begins + found.count
    return begins > at or end >= len(words) or words.at(end) in _BEHIND_A_LENGTH
