"""What follows a time: the text, unless it still looks like a time. Then nothing is set."""

import re
from collections.abc import Callable
from difflib import get_close_matches

from bot.domain.errors import BadInput
from bot.domain.times.clocks import WorkingTime, read_clock
from bot.domain.times.days import NAMES, read_day
from bot.domain.times.lengths import JOINERS, read_length
from bot.domain.times.words import DASH, Words, several
from bot.domain.times.zones import CITIES, read_zone

EXAMPLE = "tomorrow 9:00"
_MORE = frozenset(
    several(
        "am pm a.m p.m o'clock oclock morning afternoon evening night midnight noon weekend "
        "every daily weekly monthly hourly"
    )
)
_LINKS = (
    JOINERS
    | frozenset(several("at on in to or from before after until till by this next around about"))
    | {DASH}
)
_FEW_DIGITS = re.compile(r"[0-9]{1,2}|[01][0-9][0-5][0-9]|2[0-3][0-5][0-9]")
_NEARLY = 0.83
_SHORTEST_MISSPELT = 5
_LONG_NAMES = [name for name in NAMES if len(name) >= _SHORTEST_MISSPELT]
_PERIODS = frozenset({"week", "month", "year", "quarter"})


def refuse_leftover(words: Words, at: int, working: WorkingTime, *, number_too: bool) -> None:
    """Refuse where the words behind a time look like more of it.

    `number_too`: also a bare number, as in `1h 30 …` and `tomorrow 9 …`. Where the writer marked
    the end of the time with a colon, all that follows is text.
    """
    if at >= len(words) or (words.ends_at(at) and words.at(at) != DASH):
        return
    said, next_words = words.said(at), words.words[at : at + 2]
    shown = " ".join(next_words if next_words[0] in _LINKS else next_words[:1])[:40]
    if _looks_like_time(words, at, working):
        raise BadInput(
            "when",
            f"'{shown}' after '{said}' looks like a time too. Write one time; "
            "if the text begins like one, put a colon in front of it",
            EXAMPLE,
        )
    number = words.at(at)
    if number_too and _FEW_DIGITS.fullmatch(number) and not words.comma_behind(at - 1):
        raise BadInput(
            "when",
            f"'{number}' after '{said}' may be part of the time. Write the time in full; "
            "if the number begins the text, put a colon in front of it",
            _with_colon(words, at),
        )


def _with_colon(words: Words, at: int) -> str:
    return f"{words.said(at)}: {words.text[words.starts[at] :].strip()[:60]}"


def _looks_like_time(words: Words, at: int, working: WorkingTime) -> bool:
    word = words.at(at)
    if word in _LINKS:
        links = at + 1 < len(words)
        number = word in ("at", "to", "or", DASH) and _FEW_DIGITS.fullmatch(words.at(at + 1))
        return bool(links and (number or _is_time(words, at, working, linked=True)))
    return _is_time(words, at, working, linked=False)


def _is_time(words: Words, at: int, working: WorkingTime, *, linked: bool) -> bool:
    """Whether any reader of times takes the word, or finds fault with it."""
    first = at + linked
    first += words.words[at : at + 2] == ("in", "the") and first + 1 < len(words)
    word, written = words.at(first), words.written[first]
    if word in _MORE or (linked and word in JOINERS):
        return True
    if words.at(at) in ("next", "this") and word in _PERIODS:
        return True
    if words.at(first + 1) == "time" and word in CITIES:
        return True
    if len(word) >= _SHORTEST_MISSPELT and get_close_matches(word, _LONG_NAMES, 1, _NEARLY):
        return True
    readers: tuple[Callable[[], object], ...] = (
        lambda: read_clock(words, first, working),
        lambda: read_day(words, first),
        lambda: read_zone(written, working.countries),
        lambda: words.at(at) in ("in", *JOINERS) and read_length(words, first),
    )
    return any(map(_takes, readers))


def _takes(reader: Callable[[], object]) -> bool:
    try:
        return bool(reader())
    except BadInput:
        return True
