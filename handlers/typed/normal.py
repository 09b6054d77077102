"""Brings typed text into one form, so that a reader needs one pattern for all ways of writing.

`norm` has no marks around words (`*`, `_`, `~`, backticks), no quotes, brackets, bullets or emoji,
and nothing invisible. Every dash is `-`, every space is a space, and fullwidth letters are ordinary
letters. It serves only to find where a name ends. The text that is kept is cut from the original.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.text.dashes import DASHES
from bot.domain.text.showing import BLANKS

LOOKED_AT = 500
"""Characters that are read. Names are in front, and the rest is text."""

_EMOJI = re.compile(r"(?<![A-Za-z0-9])(?::[a-z][a-z0-9_+'-]*:)+(?![A-Za-z0-9])")
_PIECE = re.compile(rf"<[@#!][^<>]*>|&(?:lt|gt|amp);|{_EMOJI.pattern}|.", re.DOTALL)
_LEADING = " -:,;.|/\\=+&!"
"""Characters that may precede the first name, as before an item of a list."""
_PLAIN = r"[A-Za-z0-9\s.,;:!?/#@+=%$^|\\-]*"
_AS_IT_IS = re.compile(rf"{_PLAIN}(?:(?<=[A-Za-z0-9])'(?=[A-Za-z0-9]){_PLAIN})*", re.ASCII)
_SPACE = re.compile(r"\s")
_TYPED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "\u00b4": "'", "\u2019": "'", "\u2044": "/"}
_RAISED = ("<fraction>", "<super>", "<sub>")
_MARKS = frozenset("*_~'\"`")
_BULLETS = frozenset("\u2022\u2023\u00b7\u25e6")
_MORE_DASHES = frozenset("\u2212\u2043\u02d7\u2500\u2501\u30fc\uff70")
_CLINGING = re.compile(
    r"(?:[*_~`'\"\u2018-\u201f\u00ab\u00bb\u2039\u203a)\]}\u3009\u300b\u300d\u300f\u3011\uff09"
    r".,;:!?\u2026\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff\u00ad]|&gt;)*(?=\s|$)"
)
_JOINT = re.compile(rf"(?:&amp;|[-:,;./|=+{DASHES}\u30fc\uff0d\uff1a\uff0c]|&gt;)+")
_OPENING, _CLOSING = "([{\u201c\u2018\u00ab\u300c\uff08", ")]}\u201d\u2019\u00bb\u300d\uff09"
_PAIRS = {
    **{mark: mark for mark in "*_~`\"'"},
    **dict(zip(_OPENING, _CLOSING, strict=True)),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`starts` and `ends` map each character of `norm` to its place in `raw`."""

    raw: str
    norm: str
    starts: Sequence[int]
    ends: Sequence[int]

    def behind(self, count: int) -> str:
        """Return the original text after the first `count` characters of `norm`.

        Marks that cling to those characters go with them: a closing mark, a comma, a dash. So does
        the other half of a mark that opens before them (`*p0 child*`).
        """
        if not count:
            return self.raw.strip()
        end = self.ends[count - 1]
        clinging = _CLINGING.match(self.raw, end) or _JOINT.match(self.raw, end)
        rest = self.raw[clinging.end() if clinging else end :]
        taken = self.raw[end : clinging.end()] if clinging else ""
        opened = "".join(self.raw[: self.starts[0]].split()[-1:])
        return _without_other_halves(opened, taken, rest).strip()


def _without_other_halves(opened: str, taken: str, rest: str) -> str:
    for mark in reversed(opened):
        other = _PAIRS.get(mark)
        if other is None or other in taken:
            continue
        found = re.search(re.escape(other) + r"(?=[\s.,;:!?*_~`]|$)", rest)
        if found:
            rest = rest[: found.start()] + rest[found.end() :]
    return rest


def normal(raw: str) -> Line:
    """Read typed text as Slack escapes it. Mentions keep their ids (`<@U123>`, `<#C123>`)."""
    raw = raw.strip()
    read = raw[:LOOKED_AT]
    if _AS_IT_IS.fullmatch(read) and not _EMOJI.search(read):
        norm = _SPACE.sub(" ", read).lstrip(_LEADING)
        first = len(read) - len(norm)
        return Line(raw, norm, range(first, len(read)), range(first + 1, len(read) + 1))
    return _brought_into_form(raw, read)


@lru_cache(maxsize=32)
def _brought_into_form(raw: str, read: str) -> Line:
    """Cached, because several readers ask for the same text one after another."""
    pieces = [
        (said, found.start(), found.end())
        for found in _PIECE.finditer(read)
        if (said := _said(found[0]))
    ]
    kept: list[tuple[str, int, int]] = []
    for place, (said, start, end) in enumerate(pieces):
        before = pieces[place - 1][0][-1] if place else " "
        after = pieces[place + 1][0][0] if place + 1 < len(pieces) else " "
        said = _in_its_place(said, joins=before.isalnum() and after.isalnum())
        if said and (kept or said not in _LEADING):
            kept.append((said, start, end))
    return Line(
        raw,
        "".join(said for said, _, _ in kept),
        tuple(start for said, start, _ in kept for _ in said),
        tuple(end for said, _, end in kept for _ in said),
    )


def _in_its_place(said: str, *, joins: bool) -> str:
    """Keep a mark within a word (`public_policy`). A bracket within a word becomes a space."""
    if said in _MARKS:
        return said if joins else ""
    if said == "\x00":
        return " " if joins else ""
    return said


@lru_cache(maxsize=4_096)
def _said(piece: str) -> str:
    """Return a piece in its one form. Brackets and curly quotes become NUL, invisible characters
    ''.
    """
    if piece[:2] in ("<@", "<#", "<!"):
        return piece.split("|")[0].rstrip(">") + ">"
    if len(piece) > 1 and piece[0] == ":":
        return ""
    if unicodedata.decomposition(piece[:1]).startswith(_RAISED):
        return piece  # `1½` is not 112, `2²` not 22
    typed = unicodedata.normalize("NFKC", _TYPED.get(piece, piece))
    return "".join(map(_one_form, typed))


def _one_form(char: str) -> str:
    if char.isspace():
        return " "
    if char in _MARKS or (char.isascii() and char.isalnum()):
        return char
    kind = unicodedata.category(char)
    if kind == "Pd" or char in _MORE_DASHES:
        return "-"
    if kind in ("Ps", "Pe", "Pi", "Pf") or char in "<>":
        return "\x00"
    if kind in ("Cc", "Cf") or char in BLANKS or "\ufe00" <= char <= "\ufe0f":
        return ""
    if not char.isascii() and (kind in ("So", "Sk", "Sm") or char in _BULLETS):
        return "\x00"
    return str(unicodedata.digit(char)) if kind == "Nd" else char
