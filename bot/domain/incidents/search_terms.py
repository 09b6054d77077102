"""Search terms: words, and phrases in quotation marks of any kind. `*` stands for anything."""

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
    """Return the words and phrases without the marks and punctuation around them."""
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
    """Return a word without the marks around it.

    One `_` is a character; two mark a word as italic. The `*` of `esc-5*` is not a mark.
    """
    if _DIGITS.fullmatch(word) or _MANY.fullmatch(word):
        return word
    bare = word.strip(_AROUND)
    italic = _ITALIC.fullmatch(bare)
    return _bare(italic[1]) if italic else bare


def retyped(words: list[str]) -> str:
    """Return a text that `sought` reads as the same search terms."""
    return " ".join(f'"{word}"' if " " in word else word for word in words)


def number_sought(word: str) -> int | None:
    """Return the escalation's number if a word is a reference or a number alone; else None."""
    found = _NUMBER.fullmatch(_DASHES.sub("-", word))
    return int(found[1]) if found and found[1].isascii() else None


def numbers_sought(word: str) -> str | None:
    """Return the leading digits that `esc-5*` asks for: `5`. None if the word is no such term."""
    found = _MANY.fullmatch(_DASHES.sub("-", word))
    return found[1].rstrip(ANYTHING) if found and found[1].isascii() else None
