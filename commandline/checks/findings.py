"""What a check found, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the account. `advice` says what to do; it is empty where all is well."""

    level: Level
    check: str
    what: str
    advice: str = ""

    def lines(self) -> str:
        """The line that is printed, and the advice indented beneath it."""
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
    """`a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
