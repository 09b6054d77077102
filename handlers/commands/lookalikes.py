"""Words that look like a reference but are not quite one: `ECS-49`, `case 49`, `(49)`, `Rapid
Dipper`.

In front of a text they count neither as text nor as a reference. The bot asks the person.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.domain.incidents.codenames import like_a_codename
from bot.domain.text.dashes import DASHES
from bot.domain.text.likeness import distance
from handlers.typed.normal import Line, normal

_HOMOGLYPHS = str.maketrans(
    "\u0435\u0441\u0455\u03b5\u03f2\u03c2\u0404\u0454\u0415\u0421\u0405\u0395\u03f9\u0190\u025b",
    "ecsecseeecsecee",
)
"""Cyrillic and Greek letters that look like the letters of `esc`."""
_DIGITS_AS_LETTERS = re.compile(r"^([@#]?)[e3\u20ac][s5$][ck\u00a2(](?=[-\s_.:#=/~,]*[0-9])")
_HEAD = re.compile(r"(?P<head>[^0-9<]{0,30}?)0*(?P<number>[0-9]{1,9})(?![0-9])")
_BETWEEN = re.compile(r"[-\s_.:#=/~,@'&+|\\\u00b0]*")
_WORDS = re.compile(r"[a-z]+")
_CASE_WORDS = frozenset(
    {"no", "nr", "n", "num", "nbr", "number", "case", "ticket", "incident", "inc", "escalation"}
)
_BESIDE = frozenset({"the", "this", "that", "minus", "dash", "hyphen"})
_ORDINARY = frozenset({"est", "esp", "etc"})
"""Words that are similar to `esc` but may stand before a count: `est 12 accounts`."""
_LONG_WORDS = ("escalation", "incident", "ticket", "number")
_AROUND = "([{\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb<>)]}"
_PARTED = re.compile(
    r"(?:[)\]}\"'`\u201d\u2019\u00bb]|&gt;)|\s*[:\uff1a](?!\s*[0-9])"
    rf"|\s*[-{DASHES}]+(?=[\s*_~`'\")\]]|$)(?!\s*[0-9])"
)
_LINK = re.compile(r"https?://[^/\s]+/archives/(?P<channel>[A-Z0-9]+)\S*")
_CLINGS_TO_A_CHANNEL = re.compile(r"<#[A-Z0-9]+>(?=[^\W_])")
_CLOCK = re.compile(r":[0-9]{2}|\s?[ap]\.?m(?!\w)|h(?![^\W\d])", re.IGNORECASE)
"""What turns `@ 9` into a time of day."""
LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Lookalike:
    """`said` is what the person typed. The other fields say which escalation they may mean."""

    said: str
    rest: str
    number: int | None = None
    channel: str | None = None
    codename: str | None = None


def lookalike_first(text: str) -> Lookalike | None:
    """Find words in front that look like a reference. Read exact references before this."""
    line = normal(text)
    if found := _LINK.match(line.norm):
        return Lookalike(found[0], line.behind(found.end()), channel=found["channel"])
    if found := _CLINGS_TO_A_CHANNEL.match(line.norm):
        channel = found[0].strip("<#>")
        return Lookalike(f"<#{channel}>", line.behind(found.end()), channel=channel)
    if codename := like_a_codename(line.norm):
        end = len(codename)
        return Lookalike(line.norm[:end], line.behind(end), codename=codename)
    return _numbered(line)


def _numbered(line: Line) -> Lookalike | None:
    folded = _folded(line.norm[:LOOKED_AT])
    found = _HEAD.match(folded)
    if found is None:
        return None
    head, end = found["head"], found.end()
    if not (_names_one(head) if _WORDS.search(head) else _set_apart(line, end)):
        return None
    exact = not line.norm[end : end + 1].isalnum()
    number = int(found["number"]) if exact else None
    return Lookalike(line.norm[:end], line.behind(end), number=number)


def _names_one(head: str) -> bool:
    """Whether the letters before a number are similar to `esc`, or mean a case."""
    words = _WORDS.findall(head)
    if "".join(_BETWEEN.sub(" ", head).split()) != "".join(words):
        return False
    tight = not head[-1:].isspace()
    joined = "".join(words)
    if joined not in _BESIDE and _near_esc(joined, tight=tight):
        return True
    naming = [word for word in words if word not in _BESIDE]
    return bool(naming) and all(_case_word(word) for word in naming)


def _case_word(word: str) -> bool:
    if word in _CASE_WORDS or word == "esc":
        return True
    return any(distance(word, known) <= len(known) // 5 for known in _LONG_WORDS)


def _near_esc(word: str, *, tight: bool) -> bool:
    if word in _ORDINARY and not tight:
        return False
    if tight and word == "e":
        return True
    return sorted(word) == sorted("esc") or distance(word, "esc") <= 1


def _set_apart(line: Line, end: int) -> bool:
    """Whether a bracket, quote, colon or dash sets a bare number apart: `(49)`, `49:`, `49 -`."""
    head = line.norm[:end].rstrip("0123456789").rstrip()
    if head in ("@", "#"):
        return _CLOCK.match(line.norm, end) is None
    if head:
        return False
    first, last = line.starts[0], line.ends[end - 1]
    before = line.raw[first - 1 : first]
    return bool((before and before in _AROUND) or _PARTED.match(line.raw, last))


def _folded(norm: str) -> str:
    """Replace lookalike letters by small Latin ones. The length stays the same."""
    letters = "".join(map(_one_letter, norm))
    return _DIGITS_AS_LETTERS.sub(lambda found: f"{found[1]}esc", letters)


def _one_letter(char: str) -> str:
    if char.isascii():
        return char.lower()
    base = unicodedata.normalize("NFD", char)[0].translate(_HOMOGLYPHS).lower()
    return base.translate(_HOMOGLYPHS)
