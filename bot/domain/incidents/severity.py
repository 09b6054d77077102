"""The severities P0 to P3, and how criteria raise one."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.domain.errors import BadInput
from bot.domain.problems.names import NotASeverity


class Severity(StrEnum):
    """P0 is the worst. `rank` runs from 0 to 3, so the worst sorts first."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"

    @property
    def rank(self) -> int:
        return int(self.value[1])

    def worse_than(self, other: "Severity") -> bool:
        return self.rank < other.rank


UNLESS_SAID = Severity.P2
"""The default: a P3 would page for a day without a backup, and a P1 wakes people."""


def parse_severity(text: str) -> Severity:
    """Read `p0`, `P1`, `sev2` or `2`; raises BadInput."""
    cleaned = text.strip().upper().removeprefix("SEV").removeprefix("P").strip("- ")
    try:
        return Severity(f"P{cleaned}")
    except ValueError:
        raise BadInput("severity", NotASeverity(text.strip()[:40]), "p1") from None


def worst(severities: Iterable[Severity], default: Severity = Severity.P3) -> Severity:
    """Return the worst severity, or `default` if there is none."""
    return min(severities, key=lambda severity: severity.rank, default=default)


def suggested(chosen: Severity, criteria: Iterable[str], table: Mapping[str, Severity]) -> Severity:
    """Return the worst severity of the criteria, but never a milder one than the person chose."""
    return worst([chosen, *(table[code] for code in criteria if code in table)], default=chosen)
