"""Problems with a typed name: a reference, a team, a person, a state, a severity and so on."""

from dataclasses import dataclass

from bot.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class NotAReference(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class LikeAReference(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class ACodename(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class ChannelOfAnother(Problem):
    said: str
    reference: str


@dataclass(frozen=True, slots=True)
class NotAChannelOfOurs(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class WithoutItsPrefix(Problem):
    number: str
    reference: str


@dataclass(frozen=True, slots=True)
class ReferenceGoesFirst(Problem):
    reference: str


@dataclass(frozen=True, slots=True)
class WhichEscalation(Problem):
    example: str


@dataclass(frozen=True, slots=True)
class NotASeverity(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NoSuchSeverity(Problem):
    said: str
    known: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NoSuchState(Problem):
    said: str
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NearestState(Problem):
    said: str
    state: str


@dataclass(frozen=True, slots=True)
class TwoStates(Problem):
    state: str
    other: str


class StateWithoutTo(Problem):
    pass


@dataclass(frozen=True, slots=True)
class NoSuchFilter(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NotADigest(Problem):
    said: str


class NoDigest(Problem):
    pass


@dataclass(frozen=True, slots=True)
class NoSuchField(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NoSuchTeam(Problem):
    said: str


class AUserGroup(Problem):
    pass


@dataclass(frozen=True, slots=True)
class NotAMention(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NameAlone(Problem):
    verb: str
    said: str


@dataclass(frozen=True, slots=True)
class SeveralTargets(Problem):
    verb: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CannotBeReached(Problem):
    person: str
    to_page: bool


@dataclass(frozen=True, slots=True)
class CannotBePaged(Problem):
    person: str


@dataclass(frozen=True, slots=True)
class NotARootCause(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NotAnAction(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NotACategory(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NotATeam(Problem):
    said: str


@dataclass(frozen=True, slots=True)
class NotInThePolicy(Problem):
    said: str


class WhichOwner(Problem):
    pass


class WhoGetsTheTask(Problem):
    pass
