"""Reads a severity as people write it: `p0`, `P-0:`, `sev 0`, `severity: p0`, or its name."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.errors import BadInput
from bot.domain.incidents.results import Meant
from bot.domain.incidents.severity import Severity
from bot.domain.problems.names import NoSuchSeverity
from bot.domain.text.dashes import DASH_IN_FRONT, DASHES
from bot.policy import Policy
from handlers.typed.normal import Line, normal
from handlers.typed.severity_meant import severity_meant
from handlers.typed.words import ENDS, first_word, plain

_LEVEL = r"(?:severity|sev|priority|prio)"
_GAP = r"[-\s_:.#=]*"
_LINKING = re.compile(r"(?:to|is|as|=)\s+", re.IGNORECASE)
_DIGITS = re.compile(rf"([0-9]+){ENDS}")
_LIKE_ONE = re.compile(rf"(?:p[-_.]?[0-9]|sev{_GAP}[0-9]|{_LEVEL}(?![^\W_]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpeningWords:
    """The words after `open`.

    If they are not clear, `meant` has the possible meanings, and only it counts. `unknown` is then
    the text that looked like a severity.
    """

    severity: Severity | None
    title: str
    unknown: str = ""
    meant: tuple[Meant, ...] = ()


@dataclass(frozen=True, slots=True)
class First:
    """A severity in front of a text. `end` is its end in the line.

    `clear`: it is a code, or a name that is set off. A name such as `high` is not clear when it may
    begin a text: `high profile`.
    """

    severity: Severity
    line: Line
    end: int
    clear: bool

    @property
    def rest(self) -> str:
        return DASH_IN_FRONT.sub("", self.line.behind(self.end))

    @property
    def unsure(self) -> bool:
        """Whether the text questions, denies or conditions it. A colon marks the beginning of a
        text.
        """
        stop = _STOP.match(self.line.norm, self.end)
        stops = stop[0] if stop else ""
        doubt = _DOUBT.match(normal(self.rest).norm) is not None
        return "?" in stops or (doubt and ":" not in stops)

    @property
    def text_begins(self) -> bool:
        stop = _STOP.match(self.line.norm, self.end)
        return stop is not None and ":" in stop[0]

    def alternative(self, policy: Policy) -> "First | None":
        """Return a clear, other severity directly after this one. After a colon it is text."""
        second = self.another(policy)
        if second is None or second.severity is self.severity:
            return None
        return second if second.clear and not self.text_begins else None

    def another(self, policy: Policy) -> "First | None":
        """Read one more severity directly after this one, also in `p0 or p1`."""
        line = normal(self.rest)
        joining = _OR.match(line.norm)
        return written_first(policy, line.behind(joining.end()) if joining else self.rest)


def severity_first(policy: Policy, text: str) -> First:
    """Read a severity, which may be a bare number. Raises BadInput with the known severities."""
    line = normal(text)
    linking = _LINKING.match(line.norm)
    if linking:
        text = line.behind(linking.end())
    first = written_first(policy, text)
    if first is not None:
        return first
    line = normal(text)
    digits = _DIGITS.match(line.norm)
    severity = _numbered(digits[1]) if digits else None
    if digits is None or severity is None:
        known = tuple((rule.severity.value, rule.name) for rule in policy.severities.values())
        raise BadInput("severity", NoSuchSeverity(_as_shown(text)[:40], known))
    return First(severity, line, digits.end(), _set_off(line, digits.end()))


def opening_words(policy: Policy, text: str, unless_said: Severity) -> OpeningWords:
    """Read the severity in front of a title, if there is one."""
    first = written_first(policy, text)
    if first is not None:
        return _behind_open(policy, first, text, unless_said)
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
        return _either(digits[1], level, title, text, unless_said)
    like = severity_meant(text, {rule.name: rule.severity for rule in policy.severities.values()})
    if like is None or like.severity is unless_said:
        return OpeningWords(None, plain(text))
    return _either(like.said, like.severity, like.title, text, unless_said)


def _behind_open(policy: Policy, first: First, text: str, unless_said: Severity) -> OpeningWords:
    second, title = first.another(policy), plain(first.rest)
    if other := first.alternative(policy):
        behind = plain(other.rest)
        both = (Meant(first.severity, behind), Meant(other.severity, behind))
        said = plain(text).removesuffix(behind).strip(_AROUND)
        return OpeningWords(None, plain(text), said, both)
    if second is not None and second.severity is first.severity:
        return OpeningWords(first.severity, plain(second.rest))
    if not title and first.unsure and first.severity is not unless_said:
        either = (Meant(first.severity, ""), Meant(unless_said, ""))
        return OpeningWords(None, "", plain(text), either)
    if not title or (first.clear and not first.unsure):
        return OpeningWords(first.severity, title)
    if first.severity is unless_said:
        return OpeningWords(None, plain(text))
    return _either(_as_shown(text), first.severity, title, text, unless_said)


def _either(
    said: str, severity: Severity, title: str, text: str, unless_said: Severity
) -> OpeningWords:
    """Return two meanings: a severity before a title, or a title that includes the words."""
    meant = (Meant(severity, title), Meant(unless_said, plain(text)))
    return OpeningWords(None, plain(text), said, meant)


def _none_of_them(policy: Policy, text: str) -> OpeningWords:
    """Read `p4 x`: the title follows an unknown severity. In `p0x` its beginning is not clear."""
    line = normal(text)
    code = re.match(rf"(?:p[-_.]?|{_LEVEL}{_GAP}p?)[0-9]+{ENDS}", line.norm, re.IGNORECASE)
    title = plain(_behind(line, code) if code else text)
    said = code[0] if code else _as_shown(text)
    return OpeningWords(
        None, title, said, tuple(Meant(severity, title) for severity in policy.severities)
    )


def _as_shown(text: str) -> str:
    return first_word(text)[0] or plain(text)


def written_first(policy: Policy, text: str) -> First | None:
    """Read a code (`p0`, `sev 0`) or a name from the policy, but no bare number."""
    line = normal(text)
    code = _CODE.match(line.norm)
    if code and (severity := _numbered(code[1])):
        return First(severity, line, code.end(), clear=not _glued(line, code.end()))
    names = {_folded(rule.name): rule.severity for rule in policy.severities.values()}
    found = _named(tuple(names)).match(line.norm)
    if found is None:
        return None
    set_off = found.start(1) > 0 or _set_off(line, found.end())
    clear = set_off and not _glued(line, found.end())
    return First(names[_folded(found[1])], line, found.end(), clear)


def _set_off(line: Line, end: int) -> bool:
    """Whether a mark, a stop or a line's end separates it from the next words."""
    return _PARTED.match(line.raw, line.ends[end - 1]) is not None


def _glued(line: Line, end: int) -> bool:
    """Whether a dot or slash joins it to the next word: `critical.io`, `p1/video99`."""
    return _GLUED.match(line.norm, end) is not None


def code_first(text: str) -> tuple[Severity | None, str]:
    """Split off `p0`, `sev 0` and the like. None if there is no such severity."""
    line = normal(text)
    found = _CODE.match(line.norm)
    severity = _numbered(found[1]) if found else None
    return (severity, _behind(line, found)) if found and severity else (None, text)


_AROUND = " \t\n.,:;!?-\u2013\u2014"
_GLUED = re.compile(r"[./]+(?=\w)")
_PARTED = re.compile(rf"\s*$|[ \t]*[\n\r]|[^\s\w\u2010\u2011-]|\s*[-{DASHES}:]+(?:\s|$)|-+\s")
_STOP = re.compile(r"\s*[-.,;:!?/|=&+]*")
_OR = re.compile(r"(?:(?:and/or|or|and|oder|ou|vs|versus)(?!\w)[\s.]*)+", re.IGNORECASE)
_DOUBT = re.compile(
    r"(?:or|not|maybe|perhaps|possibly|if|when|unless|once|until|as\s+soon\s+as|in\s+case)(?!\w)"
    r"|no(?=\W*$|[,.;!])",
    re.IGNORECASE,
)
_CODE = re.compile(rf"(?:p[-\s_.]?|{_LEVEL}{_GAP}p?[-_.]?)([0-9]+){ENDS}", re.IGNORECASE)


@lru_cache(maxsize=16)
def _named(names: tuple[str, ...]) -> re.Pattern[str]:
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?:{_LEVEL}{_GAP})?({known}){ENDS}", re.IGNORECASE)


def _behind(line: Line, found: re.Match[str]) -> str:
    """Return the text after the severity, without a dash that separates the two."""
    return DASH_IN_FRONT.sub("", line.behind(found.end()))


def _folded(name: str) -> str:
    return normal(name).norm.lower()


def _numbered(digits: str) -> Severity | None:
    known = {str(severity.rank): severity for severity in Severity}
    return known.get(digits)
