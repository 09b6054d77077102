"""A severity as people write it: `p0`, `P-0:`, `sev 0`, `severity: p0`, or by the policy's name."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.errors import BadInput
from bot.domain.reading import Meant
from bot.domain.severity import Severity
from bot.policy import Policy
from handlers.commands.normal import Line, normal
from handlers.commands.words import ENDS, first_word, plain

_LEVEL = r"(?:severity|sev|priority|prio)"
_GAP = r"[-\s_:.#=]*"
_ALONE = re.compile(r"^[-:\u2010-\u2015\u2212]+\s+")
_LINKING = re.compile(r"(?:to|is|as|=)\s+", re.IGNORECASE)
_DIGITS = re.compile(rf"([0-9]+){ENDS}")
_LIKE_ONE = re.compile(rf"(?:p[-_.]?[0-9]|sev{_GAP}[0-9]|{_LEVEL}(?![^\W_]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpeningWords:
    """What stands behind `open`. Where it is not clear, `meant` says what it may be, and nothing
    else counts: `unknown` is then what looked like a severity.
    """

    severity: Severity | None
    title: str
    unknown: str = ""
    meant: tuple[Meant, ...] = ()


def severity_first(policy: Policy, text: str) -> tuple[Severity, str]:
    """Split off a severity; raises BadInput with those that exist."""
    line = normal(text)
    linking = _LINKING.match(line.norm)
    if linking:
        text = line.behind(linking.end())
    severity, rest = written_first(policy, text)
    line = normal(text)
    if severity is None and (digits := _DIGITS.match(line.norm)):
        severity, rest = _numbered(digits[1]), _behind(line, digits)
    if severity is None:
        raise not_one(policy, _as_shown(text))
    return severity, rest


def not_one(policy: Policy, said: str) -> BadInput:
    names = ", ".join(f"{rule.severity} ({rule.name})" for rule in policy.severities.values())
    problem = f"'{said[:40]}' is not a severity; there are: {names}"
    return BadInput("severity", problem, "severity p1 a minor is targeted")


def opening_words(policy: Policy, text: str, unless_said: Severity) -> OpeningWords:
    """Read the severity in front of a title, if there is one."""
    severity, rest = written_first(policy, text)
    if severity is not None:
        second, behind = code_first(rest)
        if second is None or second is severity:
            return OpeningWords(severity, plain(behind if second else rest))
        both = (Meant(severity, plain(behind)), Meant(second, plain(behind)))
        return OpeningWords(None, plain(text), f"{severity} {second}", both)
    line = normal(text)
    if _LIKE_ONE.match(line.norm):
        return _none_of_them(policy, text)
    digits = _DIGITS.match(line.norm)
    level = _numbered(digits[1]) if digits else None
    if digits and level not in (None, unless_said):
        assert level is not None
        title = plain(_behind(line, digits))
        if not title:
            return OpeningWords(level, "")
        counted = (Meant(level, title), Meant(unless_said, plain(text)))
        return OpeningWords(None, plain(text), digits[1], counted)
    return OpeningWords(None, plain(text))


def _none_of_them(policy: Policy, text: str) -> OpeningWords:
    """`p4 x` has a title behind what is no severity; in `p0x` it is not clear where it begins."""
    line = normal(text)
    code = re.match(rf"(?:p[-_.]?|{_LEVEL}{_GAP}p?)[0-9]+{ENDS}", line.norm, re.IGNORECASE)
    title = plain(_behind(line, code) if code else text)
    said = code[0] if code else _as_shown(text)
    return OpeningWords(
        None, title, said, tuple(Meant(severity, title) for severity in policy.severities)
    )


def _as_shown(text: str) -> str:
    return first_word(text)[0] or plain(text)


def written_first(policy: Policy, text: str) -> tuple[Severity | None, str]:
    """Split off a code (`p0`, `sev 0`) or a name of the policy's; not a bare number."""
    severity, rest = code_first(text)
    if severity is not None:
        return severity, rest
    line = normal(text)
    names = {_folded(rule.name): rule.severity for rule in policy.severities.values()}
    found = _named(tuple(names)).match(line.norm)
    return (names[_folded(found[1])], _behind(line, found)) if found else (None, text)


def code_first(text: str) -> tuple[Severity | None, str]:
    """Split off `p0`, `sev 0` and the like; None where there is no such severity."""
    line = normal(text)
    found = _CODE.match(line.norm)
    severity = _numbered(found[1]) if found else None
    return (severity, _behind(line, found)) if found and severity else (None, text)


_CODE = re.compile(rf"(?:p[-\s_.]?|{_LEVEL}{_GAP}p?[-_.]?)([0-9]+){ENDS}", re.IGNORECASE)


@lru_cache(maxsize=16)
def _named(names: tuple[str, ...]) -> re.Pattern[str]:
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?:{_LEVEL}{_GAP})?({known}){ENDS}", re.IGNORECASE)


def _behind(line: Line, found: re.Match[str]) -> str:
    """A dash that stands alone parts the severity from the title."""
    return _ALONE.sub("", line.behind(found.end()))


def _folded(name: str) -> str:
    return normal(name).norm.lower()


def _numbered(digits: str) -> Severity | None:
    known = {str(severity.rank): severity for severity in Severity}
    return known.get(digits)
