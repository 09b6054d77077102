"""Lengths of time in a sentence: `2h`, `1h 30`, `2 hours and 30 minutes`, `half an hour`."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import BadInput
from bot.domain.problems.times import HourUnclear, TimeOrLength
from bot.domain.times.durations import DAY, HOUR, UNITS, parse_duration
from bot.domain.times.words import Words, several

_NUMBERS = {
    name: str(number)
    for number, name in enumerate(
        several("one two three four five six seven eight nine ten eleven twelve"), 1
    )
} | {"fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "a": "1", "an": "1"}
_LONGEST = 10
_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75", "1/2": ".5", "1/4": ".25", "3/4": ".75"}
_WITH_FRACTION = re.compile(r"([0-9]*)([½¼¾])([a-z]*)|(1/2|1/4|3/4)")
_HOURS_AND_MINUTES = re.compile(r"[0-9]{1,4}h[0-9]{1,2}")
_LIKE_A_CLOCK = re.compile(
    r"(0?[6-9]|1[0-9]|2[0-3])h ?([0-5][0-9])"
    r"|([01][0-9]|2[0-3])([0-5][0-9]) ?(?:h|hr|hrs|hours)?"
    r"|(1[3-9]|2[0-3]) ?h"
)
_MINUTES = re.compile(r"[0-9]{1,2}")
JOINERS = frozenset({"and", "&"})


@dataclass(frozen=True, slots=True)
class Length:
    length: timedelta
    count: int

    @property
    def whole_days(self) -> bool:
        return not self.length % DAY


def read_length(words: Words, start: int) -> Length | None:
    """Read the longest run of words that is a length; None if there is none."""
    tokens, counts = _tokens(words, start)
    for used in range(len(tokens), 0, -1):
        if tokens[used - 1] in JOINERS:
            continue
        try:
            length = parse_duration(" ".join(t for t in tokens[:used] if t not in JOINERS), "when")
        except BadInput:
            continue
        return _and_more(words, start, Length(length, counts[used - 1]), tokens[used - 1])
    return None


def refuse_like_a_clock(words: Words) -> None:
    """Raise BadInput for `17h30`: half past five in some languages, 17 and a half hours in others.

    With `in` in front, it is clearly a length.
    """
    found = _LIKE_A_CLOCK.fullmatch(" ".join(words.words[:2])) or _LIKE_A_CLOCK.fullmatch(
        words.at(0)
    )
    if found is None:
        return
    hours, minutes = found[1] or found[3] or found[5], found[2] or found[4] or "00"
    clock = f"{hours}:{minutes}"
    if found[3]:
        raise BadInput("when", HourUnclear(found[0], clock), clock)
    length = f"in {hours}h{minutes}m" if found[2] else f"in {hours}h"
    raise BadInput("when", TimeOrLength(found[0], clock, length), clock)


def _and_more(words: Words, start: int, found: Length, last: str) -> Length:
    """Add the short ending of `1h 30` or `an hour and a half`."""
    at = start + found.count
    behind = words.words[at : at + 3]
    unit = UNITS.get(last.lstrip("0123456789. "), timedelta(0))
    if behind == ("and", "a", "half"):
        return Length(found.length + unit / 2, found.count + 3)
    alone = len(behind) == 1 and not words.ends_at(at)
    if alone and unit == HOUR and _MINUTES.fullmatch(behind[0]):
        minutes = int(behind[0])
        if 0 < minutes < 60:
            return Length(found.length + timedelta(minutes=minutes), found.count + 1)
    return found


def _tokens(words: Words, start: int) -> tuple[list[str], list[int]]:
    """Return the words in the form that `parse_duration` reads, and the word count at each end."""
    tokens: list[str] = []
    counts: list[int] = []
    at = start
    while at < len(words) and at < start + _LONGEST and not (tokens and words.ends_at(at)):
        if words.words[at : at + 2] in (("half", "an"), ("half", "a")):
            tokens.append("0.5")
            at += 2
        elif fraction := _fraction(words, at):
            token, count = fraction
            tokens.append(token)
            at += count
        else:
            word = _NUMBERS.get(words.at(at), words.at(at))
            short = _HOURS_AND_MINUTES.fullmatch(word)
            tokens.append(f"{word}m" if short else word)
            at += 1
        counts.append(at - start)
    return tokens, counts


def _fraction(words: Words, at: int) -> tuple[str, int] | None:
    """Return `½`, `1½`, `1 ½`, `2¼h` or `½ an` as a decimal, and how many words it takes."""
    whole = int(words.at(at).isdecimal() and words.at(at + 1)[:1] in _FRACTIONS)
    found = _WITH_FRACTION.fullmatch(words.at(at + whole))
    if found is None or (whole and found[1]):
        return None
    number = words.at(at) if whole else found[1] or "0"
    an = not found[3] and words.at(at + whole + 1) in ("a", "an")
    decimals = _FRACTIONS[found[2] or found[4]]
    return f"{number}{decimals}{found[3] or ''}", 1 + whole + an


def is_number(word: str) -> bool:
    return word.isdecimal() or word in _NUMBERS
