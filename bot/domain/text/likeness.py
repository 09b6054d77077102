"""The distance between two words, to detect typing mistakes."""

from collections.abc import Iterable

_SHORT, _LONG = 4, 8
_LONGEST = 40
"""Lengths in letters. `_LONGEST` limits the words that `near` compares."""


def distance(one: str, other: str) -> int:
    """Count the letters that are inserted, left out, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def mistyped(word: str, known: str) -> bool:
    """Tell whether `word` is a mistyped `known`: one mistake, or two in a long word.

    A short word with a changed letter counts as another word.
    """
    if abs(len(word) - len(known)) > 2:
        return False
    apart = distance(word, known)
    if len(known) <= _SHORT:
        changed = len(word) == len(known) and sorted(word) != sorted(known)
        return apart == 1 and not changed and len(word) > 2
    return apart <= (2 if min(len(word), len(known)) >= _LONG else 1)


def near(word: str, names: Iterable[str]) -> list[str]:
    """Return the names that `word` may mean, the nearest first.

    The word may be a mistyped name, the beginning of a name, or one word of it. The word and the
    names are in lower case.
    """
    word = word[:_LONGEST]
    begun = len(word) >= _SHORT
    found = [
        name
        for name in names
        if mistyped(word, name) or (begun and (name.startswith(word) or word in name.split()))
    ]
    return sorted(found, key=lambda name: distance(word, name))
