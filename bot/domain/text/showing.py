"""Tells whether a text says anything, and lists things in a sentence."""

import unicodedata
from collections.abc import Iterable

BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Fillers and blanks that Unicode counts as letters or symbols."""


def says(text: str) -> bool:
    """Tell whether a text has a letter or digit of any script, or a symbol such as an emoji.

    A text of zero-width characters or punctuation alone says nothing.
    """
    kinds = (unicodedata.category(char) for char in text if char not in BLANKS)
    return any(kind[0] in "LN" or kind == "So" for kind in kinds)


def together(things: Iterable[object], most: int | None = None, last: str = "and") -> str:
    """Return things as a sentence lists them: `A, B and C`.

    With more than `most` things, it names the first `most` and counts the rest: `A, B and 3 more`.
    """
    named = [str(thing) for thing in things]
    if most is not None and len(named) > most:
        named[most:] = [f"{len(named) - most} more"]
    front = ", ".join(named[:-1])
    return f"{front} {last} {named[-1]}" if front else "".join(named)
