"""Problems with a typed time or length of time."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class NotATime(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class OneTimeThenASpace(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NeedsAClock(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class WhichMidnight(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NotInTheEvening(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class MoreThanAYear(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class TooFarAhead(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class HasPassed(Problem):
    said: str
    now: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class DayHasPassed(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NoSuchDate(Problem):
    date: str


@dataclass(frozen=True, slots=True)
class ReadInTwoWays(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class PerhapsAnOffset(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NotOnTheClock(Problem):
    clock: str


@dataclass(frozen=True, slots=True)
class NotATimeOfDay(Problem):
    said: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HourUnclear(Problem):
    said: str
    clock: str


@dataclass(frozen=True, slots=True)
class TimeOrLength(Problem):
    said: str
    clock: str
    length: str


@dataclass(frozen=True, slots=True)
class PerhapsMoreOfIt(Problem):
    said: str
    said_before: str


@dataclass(frozen=True, slots=True)
class LikeATimeToo(Problem):
    said: str
    said_before: str


@dataclass(frozen=True, slots=True)
class ZoneNotInForce(Problem):
    place: str
    zone: str


@dataclass(frozen=True, slots=True)
class ZoneNotKnown(Problem):
    zone: str


@dataclass(frozen=True, slots=True)
class NoSuchOffset(Problem):
    offset: str


@dataclass(frozen=True, slots=True)
class NoSuchZone(Problem):
    zone: str


@dataclass(frozen=True, slots=True)
class ZoneOfSeveral(Problem):
    zone: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotALength(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class LengthIsZero(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class LengthTooLong(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NoFixedLength(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NotPartOfTheTime(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class BehindTheTime(Problem):
    said: str


class NoDueTime(Problem):
    pass


class EndWithByAndTheTime(Problem):
    pass


@dataclass(frozen=True, slots=True)
class TwoTimes(Problem):
    said: str
    said_too: str


class NoClearTime(Problem):
    pass


class TimeGoesFirst(Problem):
    pass


class RemindWhenAndWhat(Problem):
    pass


class RemindedOnce(Problem):
    pass
