"""Identifiers: opaque, ordered by time, and safe in a button's value."""

import secrets
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import NewType

from bot.domain.errors import BadInput
from bot.domain.problems.names import NotAReference

IncidentId = NewType("IncidentId", str)
RunId = NewType("RunId", str)
PageId = NewType("PageId", str)
TaskId = NewType("TaskId", str)
ReminderId = NewType("ReminderId", str)
RequestId = NewType("RequestId", str)
DeliveryId = NewType("DeliveryId", str)
UserId = NewType("UserId", str)
TeamKey = NewType("TeamKey", str)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Two digits at a time, for ten bits: opening an incident makes fifteen ids, so speed counts.
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_TIME_PAIRS, _RANDOM_PAIRS = 5, 8
_RANDOM_BITS, _STEP_BITS = 80, 64
_MOMENTS_KEPT = 64
_newest: dict[int, int] = {}
"""The random part of the newest id of each recent millisecond."""
_lock = Lock()


def new_id(now: datetime) -> str:
    """Return a ULID: 48 bits of milliseconds, 80 random bits, 26 characters of Crockford base32.

    Rows made one after another are neighbours in the index. Within a millisecond, a process makes
    ids in ascending order, so that messages of one act keep their order. The steps between them are
    random: no id helps to guess another.
    """
    milliseconds = int(now.timestamp() * 1000)
    return _moment(milliseconds) + _base32(_random_part(milliseconds), _RANDOM_PAIRS)


def _random_part(milliseconds: int) -> int:
    with _lock:
        before = _newest.pop(milliseconds, None)
        part = 0 if before is None else before + 1 + secrets.randbits(_STEP_BITS)
        if before is None or part >> _RANDOM_BITS:
            # Below the middle, so that there is room for ascending ones.
            part = secrets.randbits(_RANDOM_BITS - 1)
        _newest[milliseconds] = part
        if len(_newest) > _MOMENTS_KEPT:
            del _newest[next(iter(_newest))]
        return part


def first_id(moment: datetime) -> str:
    """Return the lower bound of the ids made from this moment on. All earlier ids sort below it."""
    return _moment(int(moment.timestamp() * 1000)) + _base32(0, _RANDOM_PAIRS)


@lru_cache(maxsize=16)
def _moment(milliseconds: int) -> str:
    return _base32(milliseconds, _TIME_PAIRS)


def _base32(value: int, pairs: int) -> str:
    return "".join([_PAIRS[value >> 10 * place & 1023] for place in range(pairs - 1, -1, -1)])


REFERENCE = "ESC-"


def reference(number: int) -> str:
    """Return the name that people say: `ESC-12`.

    Drills have negative numbers, so they use up none of the escalations' numbers.
    """
    return f"{REFERENCE}{number}" if number >= 0 else f"DRILL{number}"


def parse_reference(text: str) -> int:
    """Read `ESC-12`, `esc12`, `#12` or `12`; raises BadInput."""
    digits = text.strip().upper().lstrip("#").removeprefix("ESC").lstrip("-").strip()
    if not (digits.isascii() and digits.isdigit() and 0 < len(digits) < 10):
        raise BadInput("incident", NotAReference(text.strip()[:40]), reference(12))
    return int(digits)
