"""What a text shows: whether it says anything, and several things in one sentence."""

import unicodedata
from collections.abc import Iterable

BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Fillers and blanks that Unicode counts as letters or signs."""


def says(text: str) -> bool:
    """Return whether there is a letter or a digit of any script in it, or a symbol (an emoji).

    A text of zero-width characters, or of stops alone, says nothing.
    """
    kinds = (unicodedata.category(char) for char in text if char not in BLANKS)
    return any(kind[0] in "LN" or kind == "So" for kind in kinds)


def together(things: Iterable[object], most: int | None = None, last: str = "and") -> str:
    """Return things as a sentence names them, `A, B and C`; behind the first few, how many more."""
    named = [str(thing) for thing in things]
    if most is not None and len(named) > most:
        named[most:] = [f"{len(named) - most} more"]
    front = ", ".join(named[:-1])
    return f"{front} {last} {named[-1]}" if front else "".join(named)
