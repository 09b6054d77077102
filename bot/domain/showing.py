"""Whether a text says anything: one of zero-width characters, or of stops alone, does not."""

import unicodedata

BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Fillers and blanks that Unicode counts as letters or signs."""


def says(text: str) -> bool:
    """Return whether there is a letter or a digit of any script in it, or a symbol (an emoji)."""
    kinds = (unicodedata.category(char) for char in text if char not in BLANKS)
    return any(kind[0] in "LN" or kind == "So" for kind in kinds)
