"""Why a team or a person is paged, as facts: the sentences are made when a page is sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.domain.ids import UserId
from bot.domain.incidents.severity import Severity
from bot.domain.paging.ladders import person_of


class Occasion(StrEnum):
    OPENED = "opened"
    ASKED = "asked"
    RAISED = "raised"
    LOWERED = "lowered"
    HANDED_OVER = "handed over"
    PASSED_ON = "passed on"


_OF_SEVERITY = (Occasion.RAISED, Occasion.LOWERED)


@dataclass(frozen=True, slots=True)
class Question:
    """What `by` asked when they paged a team, or a person by their key, in these words."""

    by: UserId
    words: str
    asked: str
    name: str

    @property
    def person(self) -> UserId | None:
        return person_of(self.asked)

    def to_json(self) -> dict[str, Any]:
        return {"by": self.by, "words": self.words, "asked": self.asked, "name": self.name}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Question":
        return cls(UserId(data["by"]), data["words"], data["asked"], data["name"])


@dataclass(frozen=True, slots=True)
class Reason:
    """One occasion. `words` are the person's own; `severity` is what it was opened as, or became.

    `owns`: whoever hands over owns the escalation, and hands over the ownership too. PASSED_ON is
    no reason for a page but what ended it: `to` is the key of the team or person asked since.
    `parts` are the keys of the teams and people whose part passes on with it, and `questions` what
    they were asked beside that.
    """

    occasion: Occasion
    by: UserId
    severity: Severity | None = None
    words: str = ""
    owns: bool = False
    to: str = ""
    parts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def to_person(self) -> UserId | None:
        return person_of(self.to)

    def to_json(self) -> dict[str, Any]:
        whole: dict[str, Any] = {
            "occasion": self.occasion,
            "by": self.by,
            "severity": self.severity,
            "words": self.words,
            "owns": self.owns,
            "to": self.to,
            "parts": list(self.parts),
            "questions": [question.to_json() for question in self.questions],
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
            data.get("to", ""),
            tuple(data.get("parts", ())),
            tuple(map(Question.from_json, data.get("questions", ()))),
        )


def of_run(stored: Sequence[Mapping[str, Any]] | None, by: str, why: str) -> tuple[Reason, ...]:
    """Return a run's reasons, the oldest first; runs of release 0.2 have who asked, and why."""
    if stored is None:
        return (Reason(Occasion.ASKED, UserId(by), words=why),)
    return tuple(map(Reason.from_json, stored))


def with_another(reasons: Sequence[Reason], another: Reason) -> tuple[Reason, ...]:
    """Add a reason: it takes the place of the ones before that it makes untrue.

    One change of severity stands beside the one that began it all, and one hand-over of each
    person: who is asked, and who owns it then, depends on every one of those. Whatever was asked
    for stays. The parts and questions of those that go stay with the one that came.
    """
    stays = reasons[0] if reasons and reasons[0].occasion in _OF_SEVERITY else None
    kept = [one for one in reasons if one is stays or not _replaces(another, one)]
    gone = [one for one in reasons if all(one is not other for other in kept)]
    passed = [*gone, another]
    return (*kept, replace(another, parts=parts_of(passed), questions=questions_of(passed)))


def _replaces(another: Reason, reason: Reason) -> bool:
    if another.occasion in _OF_SEVERITY:
        return reason.occasion in _OF_SEVERITY
    if another.occasion in (Occasion.HANDED_OVER, Occasion.PASSED_ON):
        return reason.occasion is another.occasion and reason.by == another.by
    return False


def of_a_page(reasons: Iterable[Reason], *, full: bool) -> tuple[Reason, ...]:
    """Return what a page gives as its reasons, the oldest first; without `full` each loses its
    words, and what is the same without them is given once."""
    of_page = [reason for reason in reasons if reason.occasion is not Occasion.PASSED_ON]
    if full:
        return tuple(of_page)
    return tuple(dict.fromkeys(replace(reason, words="", questions=()) for reason in of_page))


def weightiest(reasons: Sequence[Reason], most: int) -> list[int]:
    """Return the places of those that stay where a page has no room for all, the oldest first.

    What the reader takes over comes before all else, then how grave it is now, what was asked for
    at first, and the newest.
    """
    newest = reversed(range(len(reasons)))
    weighed = sorted(newest, key=lambda place: _weight(place, reasons[place]))
    return sorted(weighed[:most])


def _weight(number: int, reason: Reason) -> int:
    if reason.occasion is Occasion.HANDED_OVER:
        return 0
    if reason.occasion in _OF_SEVERITY:
        return 1
    return 2 if number == 0 else 3


def passed_on(reasons: Sequence[Reason]) -> Reason | None:
    """Return to whom the page of this run was handed over last, if it was."""
    passed = [reason for reason in reasons if reason.occasion is Occasion.PASSED_ON]
    return passed[-1] if passed else None


def parts_of(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return the keys of the teams and people whose part passed on with these."""
    return tuple(dict.fromkeys(key for reason in reasons for key in reason.parts))


def questions_of(reasons: Iterable[Reason]) -> tuple[Question, ...]:
    """Return what was asked of those whose part passed on with these."""
    return tuple(dict.fromkeys(each for reason in reasons for each in reason.questions))
