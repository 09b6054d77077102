"""Lengths of time as people write them: `30s`, `5m`, `4h`, `2d`, `1w`, `1h30m`, `PT1H`."""

import re
from datetime import timedelta

from bot.domain.errors import BadInput
from bot.domain.problems.times import LengthIsZero, LengthTooLong, NoFixedLength, NotALength

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)

LONGEST = timedelta(days=3660)
"""Ten years. A longer length is a typing mistake, and dates beyond it overflow."""

EXAMPLE = "2h"

UNITS: dict[str, timedelta] = {
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), WEEK),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), HOUR),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), MINUTE),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), SECOND),
}

# Their length depends on the start date, and a deadline must not depend on a guess.
_NO_FIXED_LENGTH = frozenset({"mo", "mos", "month", "months", "y", "yr", "yrs", "year", "years"})

_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,4})?)\s*([a-z]+)\s*")
_ISO = re.compile(
    r"P(?:(?P<years>[0-9]{1,9})Y)?(?:(?P<months>[0-9]{1,9})M)?"
    r"(?:(?P<weeks>[0-9]{1,9})W)?(?:(?P<days>[0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?"
    r"(?:(?P<seconds>[0-9]{1,9})S)?)?"
)


def parse_duration(text: str, field_name: str = "duration") -> timedelta:
    """Read a length of time, more than zero and at most ten years. Raises BadInput.

    Units go from long to short, each once. Months and years are refused, because they have no fixed
    length.
    """
    wanted = text.strip()
    if wanted[:1] in ("P", "p"):
        return _within_bounds(_iso(wanted, field_name), wanted, field_name)
    return _within_bounds(_compact(wanted, field_name), wanted, field_name)


def humane(length: timedelta) -> str:
    """Return a length in its two largest units: `2 h`, `35 min`, `1 day 4 h`, `45 s`.

    The rest is cut off, not rounded, so that nothing seems to be over too early. Days are the
    largest unit. A negative length begins with a minus sign.
    """
    if length < timedelta(0):
        return f"−{humane(-length)}"
    seconds = int(length.total_seconds())
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    parts = [
        (days, "day" if days == 1 else "days"),
        (hours, "h"),
        (minutes, "min"),
        (seconds, "s"),
    ]
    first = next((index for index, (count, _) in enumerate(parts) if count), len(parts) - 1)
    said = [f"{count} {unit}" for count, unit in parts[first : first + 2] if count]
    return " ".join(said) or "0 s"


def _compact(text: str, field_name: str) -> timedelta:
    rest = text.lower()
    total, last = timedelta(0), None
    while rest:
        part = _PART.match(rest)
        if part is None:
            raise _not_understood(text, field_name)
        unit = _unit(part[2], text, field_name)
        if last is not None and unit >= last:
            raise _not_understood(text, field_name)
        total += _times(float(part[1]), unit, text, field_name)
        last, rest = unit, rest[part.end() :]
    if last is None:
        raise _not_understood(text, field_name)
    return total


def _unit(word: str, text: str, field_name: str) -> timedelta:
    if word in _NO_FIXED_LENGTH:
        raise _no_fixed_length(text, field_name)
    if word not in UNITS:
        raise _not_understood(text, field_name)
    return UNITS[word]


def _iso(text: str, field_name: str) -> timedelta:
    found = _ISO.fullmatch(text.upper())
    if found is None or not any(found.groups()):
        raise _not_understood(text, field_name)
    if found["years"] or found["months"]:
        raise _no_fixed_length(text, field_name)
    units = {"weeks": WEEK, "days": DAY, "hours": HOUR, "minutes": MINUTE, "seconds": SECOND}
    counts = {name: int(found[name] or 0) for name in units}
    return sum(
        (_times(counts[name], unit, text, field_name) for name, unit in units.items()),
        timedelta(0),
    )


def _times(count: float, unit: timedelta, text: str, field_name: str) -> timedelta:
    # Compare before multiplying: 999999999 weeks do not fit into a timedelta.
    if count * unit.total_seconds() > LONGEST.total_seconds():
        raise _too_long(text, field_name)
    return count * unit


def _within_bounds(length: timedelta, text: str, field_name: str) -> timedelta:
    if length <= timedelta(0):
        raise BadInput(field_name, LengthIsZero(text[:40]), EXAMPLE)
    if length > LONGEST:
        raise _too_long(text, field_name)
    return length


def _too_long(text: str, field_name: str) -> BadInput:
    return BadInput(field_name, LengthTooLong(text[:40]), EXAMPLE)


def _no_fixed_length(text: str, field_name: str) -> BadInput:
    return BadInput(field_name, NoFixedLength(text[:40]), "30d")


def _not_understood(text: str, field_name: str) -> BadInput:
    return BadInput(field_name, NotALength(text[:40]), EXAMPLE)
