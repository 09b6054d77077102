"""A sentence's words in the form that the readers of times use: folded, each with its position."""

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
    """The words of a text, and where each one begins in it.

    `words` are in lower case, without the punctuation after them. `written` keep their case,
    because some zone names are ordinary words in lower case. `marks`: the punctuation after each.
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
        """Tell whether the writer marked the time's end after `count` words: `9:00: ask Tom`."""
        ended = 0 < count <= len(self.marks) and {*self.marks[count - 1]} & {":", ";"}
        return bool(ended) or self.at(count) == DASH

    def after(self, count: int) -> str:
        """Return the text after `count` words as written, without a dash in between."""
        count += self.at(count) == DASH
        return self.text[self.starts[count] :].strip() if count < len(self.starts) else ""

    def end(self, count: int) -> int:
        """Return the index at which `count` words end, with a following dash but no punctuation."""
        last = count - 1 + (self.at(count) == DASH)
        return self.starts[last] + len(self.written[last]) if count else 0

    def said(self, count: int) -> str:
        """Return the first words as written, at most 40 characters."""
        return " ".join(self.written[: max(count, 1)])[:40]


def _plain(text: str) -> str:
    """Fold dashes, quotes and full-width forms one to one, so that positions stay the same."""
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
