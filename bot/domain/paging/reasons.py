"""Why a team or a person is paged, as facts. The bot writes the sentences when it sends a page."""

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
    """The question that `by` asked, in these words, when they paged a team or a person.

    `asked`: the key of that team or person.
    """

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
    """One reason for a page. `words` are the person's own.

    `severity`: the severity at the opening, or the new one. `owns`: the person who hands over is
    the owner and hands over the ownership too. PASSED_ON is not a reason for a page but the end of
    one: `to` is the key of the team or person asked since. `parts`: the keys of the teams and
    people whose part is handed over with it. `questions`: what they were asked beside that.
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
    """Return a run's reasons, the oldest first.

    Runs stored by release 0.2 have no reasons, only the person who asked and why.
    """
    if stored is None:
        return (Reason(Occasion.ASKED, UserId(by), words=why),)
    return tuple(map(Reason.from_json, stored))


def with_another(reasons: Sequence[Reason], another: Reason) -> tuple[Reason, ...]:
    """Add a reason. It replaces earlier reasons that it makes untrue.

    A change of severity replaces an earlier one, except the run's first reason. A hand-over
    replaces an earlier one by the same person only, because each person's hand-over tells who is
    asked and who owns the escalation. Requests stay. The new reason takes over the parts and
    questions of the reasons that it replaces.
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
    """Return the reasons that a page shows, the oldest first.

    Without `full`, the reasons have no words and no questions, and equal ones appear once.
    """
    of_page = [reason for reason in reasons if reason.occasion is not Occasion.PASSED_ON]
    if full:
        return tuple(of_page)
    return tuple(dict.fromkeys(replace(reason, words="", questions=()) for reason in of_page))


def weightiest(reasons: Sequence[Reason], most: int) -> list[int]:
    """Return the indexes of the `most` reasons to keep on a page, the oldest first.

    Hand-overs weigh most, because the reader takes over that part. Then come changes of severity,
    the first reason, and the newest of the others.
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
    """Return the last hand-over of this run's page; None if there was none."""
    passed = [reason for reason in reasons if reason.occasion is Occasion.PASSED_ON]
    return passed[-1] if passed else None


def parts_of(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return the keys of the teams and people whose part was handed over with these reasons."""
    return tuple(dict.fromkeys(key for reason in reasons for key in reason.parts))


def questions_of(reasons: Iterable[Reason]) -> tuple[Question, ...]:
    """Return what the people were asked whose part was handed over with these reasons."""
    return tuple(dict.fromkeys(each for reason in reasons for each in reason.questions))
