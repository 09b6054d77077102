"""What somebody searches for: words, and phrases in quotes of any kind; `*` stands for anything."""

import re

from bot.domain.text.dashes import DASHES

ANYTHING = "*"
_PHRASE = re.compile(
    '["\u201c\u201d\u201e\u00ab\u00bb]([^"\u201c\u201d\u201e\u00ab\u00bb]*)'
    '["\u201c\u201d\u201e\u00ab\u00bb]|(?<!\\S)\u2018([^\u2018\u2019]*)\u2019(?!\\S)|(\\S+)'
)
_AROUND = (
    "*~`'\"\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb.,;:!?()[]{}<>\u200b\u200c\u200d\u2060\ufeff"
)
_ITALIC = re.compile(r"_(.+)_", re.DOTALL)
_DASHES = re.compile(f"[{DASHES}\uff0d]")
_NAMES = frozenset({"esc", "escalation"})
_DIGITS = re.compile(r"#?[0-9]{1,9}\*?")
_MANY = re.compile(r"(?:ESC[-_]?|#(?:ESC[-_]?)?)([0-9]{0,9}\*)", re.IGNORECASE)
_NUMBER = re.compile(r"(?:ESC[-_ ]?|#(?:ESC[-_]?)?)?0*([0-9]{1,9})", re.IGNORECASE)


def sought(text: str) -> list[str]:
    """Return words and phrases, without the marks and stops around them."""
    found: list[str] = []
    spaced = False
    for match in _PHRASE.finditer(text):
        said = " ".join((match[1] or match[2] or match[3] or "").split())
        word = _bare(said) if match[3] else said
        if spaced and match[3] and _DIGITS.fullmatch(word):
            found[-1] = f"ESC-{word.lstrip('#')}"
        elif word.strip(_AROUND):
            found.append(word)
        spaced = bool(match[3]) and word.lower().rstrip("-#") in _NAMES
    return found


def _bare(word: str) -> str:
    """One `_` is a character, two are a mark around a word. `esc-5*` is no word in a mark."""
    if _DIGITS.fullmatch(word) or _MANY.fullmatch(word):
        return word
    bare = word.strip(_AROUND)
    italic = _ITALIC.fullmatch(bare)
    return _bare(italic[1]) if italic else bare


def retyped(words: list[str]) -> str:
    """Return what finds the same once more."""
    return " ".join(f'"{word}"' if " " in word else word for word in words)


def number_sought(word: str) -> int | None:
    """Return the escalation's number where a word is a reference, or a number alone."""
    found = _NUMBER.fullmatch(_DASHES.sub("-", word))
    return int(found[1]) if found and found[1].isascii() else None


def numbers_sought(word: str) -> str | None:
    """Return how the numbers begin that `esc-5*` stands for: `5`."""
    found = _MANY.fullmatch(_DASHES.sub("-", word))
    return found[1].rstrip(ANYTHING) if found and found[1].isascii() else None
