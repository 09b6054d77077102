"""Words that are not a severity but may be meant as one: `PO`, `S1`, `critcal`, `bomb threat p0`.

The bot opens nothing because of them. It offers the severity.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.incidents.severity import Severity
from handlers.typed.normal import normal
from handlers.typed.words import ENDS, first_word, plain

_ALIKE = str.maketrans(
    "\u0440\u0420\u03c1\u03a1\u043e\u041e\u03bf\u039f\u0456\u0406\u0399\u03b9\u0455\u0405",
    "pPpPoOoOiIIisS",
)
"""Cyrillic and Greek letters that look like Latin ones."""
_RANKS = {
    "0": Severity.P0,
    "o": Severity.P0,
    "zero": Severity.P0,
    "null": Severity.P0,
    "1": Severity.P1,
    "l": Severity.P1,
    "i": Severity.P1,
    "one": Severity.P1,
    "2": Severity.P2,
    "two": Severity.P2,
    "3": Severity.P3,
    "three": Severity.P3,
}
_WORST = frozenset(
    {
        "highest",
        "urgent",
        "urgently",
        "emergency",
        "blocker",
        "severe",
        "crit",
        "sos",
        "asap",
        "urgente",
        "dringend",
        "emergencia",
        "urgence",
        "notfall",
        "critique",
        "critico",
        "kritisch",
    }
)
_LEVEL = (
    r"(?:severity|sev|priority|prio|level|lvl|sévérité|severite|severidad|severità|severita"
    r"|gravedad|gravité|gravite|gravità|gravita|schweregrad|schwere|stufe|niveau|nivel|livello"
    r"|priorité|priorite|prioridad|priorität|prioritaet|priorità|prioridade)"
)
_WORD_FOR_A_DIGIT = r"zero|null|one|two|three"
_FIRST = re.compile(
    rf"[#@:=.]*(?:(?:p[-\s_.:=#]*|{_LEVEL}[-\s_.:=#]*p?)(?P<rank>[0-3]|{_WORD_FOR_A_DIGIT}){ENDS}"
    rf"|(?:[psl]|sev|prio)[-_.=]?(?P<close>[0-3oli]){ENDS})",
    re.IGNORECASE,
)
_EMOJI = re.compile(r":(?:p|sev)[-_]?(?P<rank>[0-3]):", re.IGNORECASE)
_FURTHER_IN = re.compile(
    r"(?<![\w@#/.-])[#@]?(?:p[-_.]?|(?:sev|severity|prio|priority)[-\s_:]*p?)(?P<rank>[0-3])(?![\w%])",
    re.IGNORECASE,
)
_FILLING = re.compile(
    r"\W*(?:(?:as|a|an|the|maybe|perhaps|probably|possibly|is|it|its|it's|this|new|likely|at|with)"
    r"\W+)*$",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"[\s.,;:!?)\]}*_~`'\"\u201d\u2019-]*$")
_HOW_NEAR = 0.82
_LONG_ENOUGH = 6
"""In letters. Only names this long are compared: `low` is too close to `law` and `blow`."""


@dataclass(frozen=True, slots=True)
class Like:
    """`said` is the text that looks like the severity. `title` is the text without it."""

    severity: Severity
    title: str
    said: str


def severity_meant(text: str, names: Mapping[str, Severity]) -> Like | None:
    """Find a possible severity, first in front of the text, then further in."""
    emoji = _EMOJI.match(text.strip())
    if emoji:
        title = plain(text.strip()[emoji.end() :])
        return Like(_RANKS[emoji["rank"]], title, emoji[0].strip(":"))
    line = normal(text)
    found = _FIRST.match(line.norm.translate(_ALIKE))
    if found:
        rank = (found["rank"] or found["close"]).lower()
        return Like(_RANKS[rank], plain(line.behind(found.end())), line.norm[: found.end()])
    word, rest = first_word(text)
    named = _by_name(word.lower(), names)
    if named is not None:
        return Like(named, plain(rest), plain(word))
    return _further_in(text, names)


def _by_name(word: str, names: Mapping[str, Severity]) -> Severity | None:
    if word in _WORST:
        return Severity.P0
    known = {name.lower(): severity for name, severity in names.items()}
    long = [name for name in known if len(name) >= _LONG_ENOUGH]
    near = get_close_matches(word, long, n=1, cutoff=_HOW_NEAR)
    return known[near[0]] if near else None


def _further_in(text: str, names: Mapping[str, Severity]) -> Like | None:
    known = {name.lower(): severity for name, severity in names.items()}
    last = re.compile(
        rf"[([,;:\u2013\u2014-]\s*(?P<name>{'|'.join(map(re.escape, known))})[)\].!\s]*$",
        re.IGNORECASE,
    )
    folded = text.translate(_ALIKE)
    if found := _FURTHER_IN.search(folded):
        return Like(_RANKS[found["rank"]], _without(text, found), plain(found[0]))
    if found := last.search(folded):
        return Like(known[found["name"].lower()], plain(text[: found.start()]), found["name"])
    return None


def _without(text: str, found: re.Match[str]) -> str:
    """Remove it at either end of the text. Within the text it stays."""
    if _FILLING.match(text[: found.start()]) and (title := text[found.end() :].strip(" .,;:-)]")):
        return plain(title)
    if _NOTHING.match(text[found.end() :]):
        return plain(text[: found.start()].rstrip(" .,;:-([{*_~`'\"")) or plain(text)
    return plain(text)
