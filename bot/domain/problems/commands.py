"""Problems with a command whose words the bot knows, but which it cannot carry out as typed."""

from dataclasses import dataclass

from bot.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class NoTextTaken(Problem):
    verb: str
    said: str


@dataclass(frozen=True, slots=True)
class NotAboutOne(Problem):
    verb: str
    reference: str


@dataclass(frozen=True, slots=True)
class FirstOfAList(Problem):
    said: str
    reference: str


class NumbersOfAList(Problem):
    pass


@dataclass(frozen=True, slots=True)
class SeveralEscalations(Problem):
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartOfTheReason(Problem):
    said: str
    reference: str


@dataclass(frozen=True, slots=True)
class SecondCommand(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class EndsAllOfIt(Problem):
    command: str
    said: str


class OnlyTheOriginal(Problem):
    pass


@dataclass(frozen=True, slots=True)
class WhichOriginal(Problem):
    references: tuple[str, ...]


class DuplicateOfWhich(Problem):
    pass


class DuplicateTakesOne(Problem):
    pass


@dataclass(frozen=True, slots=True)
class ADuplicateOfItself(Problem):
    reference: str


class RemindsOnlyYou(Problem):
    pass


@dataclass(frozen=True, slots=True)
class OpensANewOne(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class AboutThisOrNew(Problem):
    said: str
    reference: str


@dataclass(frozen=True, slots=True)
class NoTextAfterTheOwner(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class OneOwner(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class CallingOff(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class LineForOthers(Problem):
    names: tuple[str, ...]
    said: str


class PerhapsAQuestion(Problem):
    pass


@dataclass(frozen=True, slots=True)
class OneTeam(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class AboutWhich(Problem):
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AboutBoth(Problem):
    reference: str
    other: str


@dataclass(frozen=True, slots=True)
class PerhapsEscalations(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class TwoSeverities(Problem):
    severity: str
    other: str


@dataclass(frozen=True, slots=True)
class PerhapsASeverity(Problem):
    said: str
    severity: str


@dataclass(frozen=True, slots=True)
class TextNames(Problem):
    reference: str


@dataclass(frozen=True, slots=True)
class PerhapsThis(Problem):
    said: str
    reference: str


@dataclass(frozen=True, slots=True)
class PerhapsPagedToo(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class TargetOrText(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class WhichOfThese(Problem):
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeantForLater(Problem):
    verb: str
    said: str


@dataclass(frozen=True, slots=True)
class SoundsUnsure(Problem):
    verb: str
    said: str


@dataclass(frozen=True, slots=True)
class EditsWhich(Problem):
    reference: str


@dataclass(frozen=True, slots=True)
class EditsTwo(Problem):
    reference: str


class WholeList(Problem):
    pass


class EmptyList(Problem):
    pass
