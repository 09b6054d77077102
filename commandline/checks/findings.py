"""The findings of checks, with advice."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check. `advice` says what to do, and is empty if all is well."""

    level: Level
    check: str
    what: str
    advice: str = ""

    def lines(self) -> str:
        """The printed line, with the advice indented below it."""
        mark = "FAIL" if self.level is Level.FAIL else self.level.value
        said = f"{mark:<4} {self.check}: {self.what}"
        return f"{said}\n       {self.advice}" if self.advice else said

    def as_json(self) -> dict[str, str]:
        return {
            "level": self.level.value,
            "check": self.check,
            "what": self.what,
            "advice": self.advice,
        }


def ok(check: str, what: str) -> Finding:
    return Finding(Level.OK, check, what)


def warn(check: str, what: str, advice: str) -> Finding:
    return Finding(Level.WARN, check, what, advice)


def fail(check: str, what: str, advice: str) -> Finding:
    return Finding(Level.FAIL, check, what, advice)


def listed(words: Iterable[str]) -> str:
    """Join words like `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
