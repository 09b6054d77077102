"""Whether a text shows anything: one of zero-width characters alone does not."""

import unicodedata

BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Fillers and blanks that Unicode counts as letters or signs."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})


def shows(text: str) -> bool:
    """Return whether a reader sees anything of it; a mark on nothing counts as nothing."""
    return any(char not in BLANKS and unicodedata.category(char) not in _INVISIBLE for char in text)
