"""Identifiers: opaque, ordered by time, safe in a button's value."""

import secrets
from datetime import datetime
from typing import NewType

from bot.domain.errors import BadInput

IncidentId = NewType("IncidentId", str)
RunId = NewType("RunId", str)
PageId = NewType("PageId", str)
TaskId = NewType("TaskId", str)
ReminderId = NewType("ReminderId", str)
DeliveryId = NewType("DeliveryId", str)
UserId = NewType("UserId", str)
TeamKey = NewType("TeamKey", str)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_LENGTH = 26


def new_id(now: datetime) -> str:
    """Return a ULID: 48 bits of milliseconds, 80 random bits, 26 characters of Crockford base32.

    Rows made one after another lie side by side in the index; nothing can be guessed from one.
    """
    return _base32((int(now.timestamp() * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS))


def first_id(moment: datetime) -> str:
    """Return what no id is below that was made from this moment on, and no earlier one above."""
    return _base32(int(moment.timestamp() * 1000) << _RANDOM_BITS)


def _base32(value: int) -> str:
    digits = []
    for _ in range(_LENGTH):
        value, digit = divmod(value, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def reference(number: int) -> str:
    """The name that people say: `ESC-12`."""
    return f"ESC-{number}"


def parse_reference(text: str) -> int:
    """Read `ESC-12`, `esc12`, `#12` or `12`; raises BadInput."""
    digits = text.strip().upper().lstrip("#").removeprefix("ESC").lstrip("-").strip()
    if not (digits.isascii() and digits.isdigit() and 0 < len(digits) < 10):
        raise BadInput("incident", f"'{text.strip()[:40]}' is not a reference", reference(12))
    return int(digits)
