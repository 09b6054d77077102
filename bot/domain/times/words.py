"""A sentence's words as the readers of times see them: folded, and each with its place."""

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"\S+")
_STAMP = re.compile(r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})t(?=[0-9])", re.IGNORECASE)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_QUOTES = dict.fromkeys(map(ord, "’‘ʼ＇"), "'")
DASH = "-"


def several(names: str) -> tuple[str, ...]:
    return tuple(names.split())


@dataclass(frozen=True, slots=True)
class Words:
    """The text's words, and where each begins and ends in it.

    `words` are in small letters and without the marks behind them; `written` are not made small:
    some names of zones are words otherwise. `marks` is what stood behind a word.
    """

    text: str
    words: tuple[str, ...]
    written: tuple[str, ...]
    marks: tuple[str, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        found = list(_WORD.finditer(_STAMP.sub(r"\1 ", _plain(text))))
        bare = [word[0].rstrip(",;:.!?") for word in found]
        return cls(
            text,
            tuple(word.lower() for word in bare),
            tuple(bare),
            tuple(word[0][len(kept) :] for word, kept in zip(found, bare, strict=True)),
            tuple(word.start() for word in found),
        )

    def __len__(self) -> int:
        return len(self.words)

    def at(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def comma_behind(self, index: int) -> bool:
        return 0 <= index < len(self.marks) and "," in self.marks[index]

    def ends_at(self, count: int) -> bool:
        """Whether the writer marked the end of the time behind so many words: `9:00: ask Tom`."""
        ended = 0 < count <= len(self.marks) and {*self.marks[count - 1]} & {":", ";"}
        return bool(ended) or self.at(count) == DASH

    def after(self, count: int) -> str:
        """The text behind so many words, as it was written, without a dash between the two."""
        count += self.at(count) == DASH
        return self.text[self.starts[count] :].strip() if count < len(self.starts) else ""

    def end(self, count: int) -> int:
        """Where so many words end in the text, with a dash that follows and without the marks."""
        last = count - 1 + (self.at(count) == DASH)
        return self.starts[last] + len(self.written[last]) if count else 0

    def said(self, count: int) -> str:
        """The first words, as they were written."""
        return " ".join(self.written[: max(count, 1)])[:40]


def _plain(text: str) -> str:
    """Fold dashes, quotes and full-width forms, each character to one: places stay the same."""
    return "".join(map(_folded, text.translate(_DASHES | _QUOTES)))


def _folded(letter: str) -> str:
    if letter.isascii():
        return letter
    folded = unicodedata.normalize("NFKC", letter)
    if unicodedata.decomposition(letter).startswith(("<fraction>", "<super>", "<sub>")):
        return letter  # `1½` is not 112
    if unicodedata.category(letter) == "Cf":
        return " "
    return folded if len(folded) == 1 else letter
