"""Why a team or a person is paged, as facts: the sentences are made when a page is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.domain.ids import UserId
from bot.domain.severity import Severity


class Occasion(StrEnum):
    OPENED = "opened"
    ASKED = "asked"
    RAISED = "raised"
    LOWERED = "lowered"
    HANDED_OVER = "handed over"


_OF_SEVERITY = (Occasion.RAISED, Occasion.LOWERED)
MOST_KEPT = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """One occasion. `words` are the person's own; `severity` is what it was opened as, or became.

    `owns`: whoever hands over owns the escalation, and hands over the ownership too.
    """

    occasion: Occasion
    by: UserId
    severity: Severity | None = None
    words: str = ""
    owns: bool = False

    def to_json(self) -> dict[str, Any]:
        whole: dict[str, Any] = {
            "occasion": self.occasion,
            "by": self.by,
            "severity": self.severity,
            "words": self.words,
            "owns": self.owns,
        }
        return {name: value for name, value in whole.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reason":
        severity = data.get("severity")
        return cls(
            Occasion(data["occasion"]),
            UserId(data["by"]),
            Severity(severity) if severity else None,
            data.get("words", ""),
            bool(data.get("owns")),
        )


def of_run(stored: Sequence[Mapping[str, Any]] | None, by: str, why: str) -> tuple[Reason, ...]:
    """Return a run's reasons, the oldest first; runs of release 0.2 have who asked, and why."""
    if stored is None:
        return (Reason(Occasion.ASKED, UserId(by), words=why),)
    return tuple(map(Reason.from_json, stored))


def with_another(reasons: Sequence[Reason], another: Reason) -> tuple[Reason, ...]:
    """Add a reason: a change of severity takes the place of the one before it.

    The first stays, as what was asked for; of the others the newest.
    """
    kept = list(reasons)
    if another.occasion in _OF_SEVERITY:
        kept = [reason for reason in kept if reason.occasion not in _OF_SEVERITY]
    kept.append(another)
    return (*kept[:1], *kept[1:][1 - MOST_KEPT :])
