"""Checks the words after a time. If they still look like part of it, the whole is refused."""

import re
from collections.abc import Callable, Sequence
from enum import Enum

from bot.domain.errors import BadInput
from bot.domain.problems.times import LikeATimeToo, PerhapsMoreOfIt
from bot.domain.times.days import NAMES, read_day
from bot.domain.times.lengths import JOINERS, is_number, read_length
from bot.domain.times.lookalikes import (
    day_elsewhere,
    misspelt_day,
    misspelt_month,
    part_of_day,
    place,
    several_days,
)
from bot.domain.times.times_of_day import WorkingTime, read_clock
from bot.domain.times.words import DASH, Words, several
from bot.domain.times.zones import read_zone

EXAMPLE = "tomorrow 9:00"
_MORE = frozenset(
    several(
        "weekend weekends weekday weekdays workday eow eom every daily weekly monthly hourly "
        "half quarter ago"
    )
)
_ARTICLES = frozenset({"a", "an", "the"})
_LINKS = (
    JOINERS
    | frozenset(
        several("at @ on in to or from before after until till by this next nxt around about")
    )
    | {DASH, "/", "plus", "+"}
)
_FEW_DIGITS = re.compile(r"[0-9]{1,2}|[01][0-9][0-5][0-9]|2[0-3][0-5][0-9]")
_NTH = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)")
_PERIODS = frozenset({"day", "week", "month", "year", "quarter"})
_FROM = (("from", "now"), ("from", "today"), ("from", "tomorrow"))
_LATER = frozenset({"later", "hence"})
_DAYS_ON = (("day", "after"), ("following", "day"), ("following", "week"), ("same", "day"))
_OR_SO = frozenset(several("so two three more less sooner later earlier thereabouts"))
_HOUR = re.compile(r"1?[0-9]|2[0-4]")
_FRACTIONS = frozenset("½¼¾⅓⅔⅛")
_BEFORE_NUMBERS = frozenset({"at", "@", "to", "or", "until", "till", "/", "+", DASH})


class Behind(Enum):
    """The part of the time that comes just before the words."""

    LENGTH = "length"
    DAY = "day"
    CLOCK = "clock"


def _phrase(words: Sequence[str]) -> str:
    """Return the words up to the first that means something alone: `in the evening`, not `in`."""
    last = next((n for n, word in enumerate(words, 1) if word not in _LINKS | _ARTICLES), 0)
    return " ".join(words[: last or len(words)])


def refuse_leftover(words: Words, at: int, working: WorkingTime, behind: Behind) -> None:
    """Raise BadInput if the words after a time look like more of it.

    After a length or a day, a number is refused too, as in `1h 30 …` and `tomorrow 9 …`. If the
    writer marks the end of the time with a colon, everything after it is text.
    """
    if at >= len(words) or (words.ends_at(at) and words.at(at) != DASH):
        return
    said, shown = words.said(at), _phrase(words.words[at : at + 4])[:40]
    if behind is not Behind.CLOCK and _number(words, at, behind):
        raise BadInput(
            "when",
            PerhapsMoreOfIt(shown, said),
            _with_colon(words, at),
        )
    if _looks_like_time(words, at, working, behind):
        raise BadInput("when", LikeATimeToo(shown, said), EXAMPLE)


def _with_colon(words: Words, at: int) -> str:
    return f"{words.said(at)}: {words.text[words.starts[at] :].strip()[:60]}"


def _number(words: Words, at: int, behind: Behind) -> bool:
    """Tell whether a number here may belong to the time.

    After a day, any number may. After a length, only a short one may. A large number after a comma
    is text.
    """
    word = words.at(at).lstrip("@")
    if words.at(at) == "@":
        word = words.at(at + 1)
    if words.at(at) in JOINERS:
        return _FEW_DIGITS.fullmatch(words.at(at + 1)) is not None
    if word.isdecimal() and words.comma_behind(at - 1) and not _HOUR.fullmatch(word):
        return False
    if behind is Behind.LENGTH:
        return _FEW_DIGITS.fullmatch(word) is not None or word[:1] in _FRACTIONS
    return word[:1].isnumeric()


def _looks_like_time(words: Words, at: int, working: WorkingTime, behind: Behind) -> bool:
    word = words.at(at)
    if word == "or" and words.at(at + 1) in _OR_SO:
        return True
    if behind is Behind.LENGTH and word in ("before", "after") and at + 1 < len(words):
        return True  # `2h before the live` depends on an event that the bot does not know.
    if word in _LINKS:
        links = at + 1 < len(words)
        number = word in _BEFORE_NUMBERS and _FEW_DIGITS.fullmatch(words.at(at + 1))
        return bool(links and (number or _is_time(words, at, working, behind, linked=True)))
    return _is_time(words, at, working, behind, linked=False)


def _is_time(words: Words, at: int, working: WorkingTime, behind: Behind, *, linked: bool) -> bool:
    """Tell whether a reader of times accepts the word, or refuses it with an error."""
    first = at + linked
    first += words.words[at : at + 2] == ("in", "the") and first + 1 < len(words)
    word, rest = words.at(first), words.words[first : first + 3]
    if word in _MORE or (linked and word in JOINERS):
        return True
    if words.at(at) in ("next", "this", "nxt") and word in _PERIODS:
        return True
    if behind is not Behind.LENGTH and (part_of_day(rest) or _another_day(words, first)):
        return True
    if behind is Behind.DAY and _in_words(words, first, linked=linked):
        return True
    if behind is Behind.CLOCK and (place(rest) or (not linked and word[:1] in _FRACTIONS)):
        return True
    readers: tuple[Callable[[], object], ...] = (
        lambda: read_clock(words, first, working),
        lambda: read_day(words, first),
        lambda: read_zone(words.written[first], working.countries),
        lambda: words.at(at) in ("in", "plus", "+", *JOINERS) and read_length(words, first),
    )
    return any(map(_takes, readers))


def _in_words(words: Words, at: int, *, linked: bool) -> bool:
    """Recognise a number in words: `friday five pm`, `friday at five`."""
    if words.at(at).isdecimal() or not is_number(words.at(at)):
        return False
    return part_of_day(words.words[at + 1 : at + 2]) or (linked and words.at(at) not in ("a", "an"))


def _another_day(words: Words, at: int) -> bool:
    """Recognise `the 4th`, `following day`, `3 days from now`, `mittwoch`, `wendsday`."""
    at += words.at(at) == "the"
    word, behind = words.at(at), words.at(at + 1)
    if _NTH.fullmatch(word) or words.words[at : at + 2] in _DAYS_ON:
        return True
    if word == "week" and words.at(at - 1) in NAMES:
        return True
    if day_elsewhere(word) or misspelt_day(word) or several_days(word):
        return True
    if any(misspelt_month(one) and other[:1].isdecimal() for one, other in _both(word, behind)):
        return True
    if word == "later" and behind in NAMES:
        return True
    found = at + _takes_length(words, at)
    on_a_day = words.at(found) == "on" and words.at(found + 1) in NAMES
    from_a_day = words.words[found : found + 2] in _FROM
    return on_a_day or from_a_day or (found > at and words.at(found) in _LATER)


def _both(one: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one, other), (other, one)


def _takes_length(words: Words, at: int) -> int:
    """Return how many words a length takes here. `week` alone counts, as in `week from now`."""
    found = read_length(words, at)
    return found.count if found else 1


def _takes(reader: Callable[[], object]) -> bool:
    try:
        return bool(reader())
    except BadInput:
        return True
