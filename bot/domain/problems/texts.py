"""Problems with a text or a choice: it is missing, too long, or not accepted there."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.errors import BeingPaged
from bot.domain.incidents.needs import NoTeam
from bot.domain.problems import Problem

Written = Literal["note", "update", "task", "reminder"]


@dataclass(frozen=True, slots=True)
class NoText(Problem):
    of: Written


@dataclass(frozen=True, slots=True)
class TextTooLong(Problem):
    length: int
    most: int


@dataclass(frozen=True, slots=True)
class FieldTooLong(Problem):
    length: int
    most: int


class FieldEmpty(Problem):
    pass


class NoTitle(Problem):
    pass


@dataclass(frozen=True, slots=True)
class TitleTooLong(Problem):
    length: int
    most: int


@dataclass(frozen=True, slots=True)
class TooManyReferences(Problem):
    most: int


@dataclass(frozen=True, slots=True)
class ReferenceTooLong(Problem):
    most: int


class ItemIdsOnly(Problem):
    pass


@dataclass(frozen=True, slots=True)
class NeedsTooLong(Problem):
    length: int
    most: int


@dataclass(frozen=True, slots=True)
class NeedsOfNoTeam(Problem):
    no_team: NoTeam


@dataclass(frozen=True, slots=True)
class NotAmongThePaged(Problem):
    team: str


@dataclass(frozen=True, slots=True)
class NotBeingPaged(Problem):
    team: str


@dataclass(frozen=True, slots=True)
class NoNeedsHere(Problem):
    category: str


@dataclass(frozen=True, slots=True)
class NoTitleHere(Problem):
    category: str


class NeverStandardAgain(Problem):
    pass


class ChooseAnAction(Problem):
    pass


class ChooseThePrecedent(Problem):
    pass


class ChooseACategory(Problem):
    pass


class ChooseASeverity(Problem):
    pass


class ChooseWhoMayRead(Problem):
    pass


class ChooseAState(Problem):
    pass


class ChooseACause(Problem):
    pass


class ChooseWhoDoesIt(Problem):
    pass


class ChooseATarget(Problem):
    pass


class ChooseOne(Problem):
    pass


class TeamGone(Problem):
    pass


@dataclass(frozen=True, slots=True)
class PagedAlready(Problem):
    run: BeingPaged
    reference: str


class NoRootCause(Problem):
    pass


class NoSummary(Problem):
    pass


class NoSuccessor(Problem):
    pass


class ToYourself(Problem):
    pass


class TaskToATeam(Problem):
    pass


@dataclass(frozen=True, slots=True)
class PagesOfSeveral(Problem):
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageAndTask(Problem):
    team: str
    reference: str


@dataclass(frozen=True, slots=True)
class SeveralTasks(Problem):
    count: int
    reference: str


@dataclass(frozen=True, slots=True)
class NoOpenTask(Problem):
    reference: str


@dataclass(frozen=True, slots=True)
class SearchTooLong(Problem):
    most: int


class NothingToSearch(Problem):
    pass


class SayWhatToEdit(Problem):
    pass


class WriteTheTitle(Problem):
    pass


class WriteTheReferences(Problem):
    pass


class WriteTheNeeds(Problem):
    pass


@dataclass(frozen=True, slots=True)
class NameTheCategory(Problem):
    known: tuple[str, ...]
