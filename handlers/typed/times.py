"""Reads points in time in a command: in front of the text, or at its end, perhaps after `by`."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput, Unclear
from bot.domain.problems import Problem
from bot.domain.problems.times import (
    BehindTheTime,
    EndWithByAndTheTime,
    NoDueTime,
    NotPartOfTheTime,
    TwoTimes,
)
from bot.domain.times.lengths import read_length
from bot.domain.times.points import read_when
from bot.domain.times.words import Words
from handlers.request import Request
from handlers.typed.normal import normal
from handlers.typed.words import plain

_BY = re.compile(r"[\s(\[{]+by(?=\s)", re.IGNORECASE)
_LEADING = re.compile(r"^(?:at|before|until|till|on)\s+", re.IGNORECASE)
_TRAILING = re.compile(
    r"(?:\s+|^)(?:before|until|'?till?|for|by|at|on|in|within|due|is\s+due|latest|every|each"
    r"|(?:the\s+)?deadline(?:\s+is)?|(?:no|not)\s+later\s+than)[\s,;:]*$",
    re.IGNORECASE,
)
"""Words that lead to a time. They are removed from the text together with the time."""
_COURTESY = re.compile(
    r"(?:[\s,;.!()\[\]{}-]+(?:(?:at\s+the\s+)?(?:very\s+)?latest|sharp|please|pls|plz|thanks|thx"
    r"|(?:and\s+)?(?:no|not)\s+later(?:\s+than\s+that)?|or\s+(?:sooner|earlier)|thank\s+you))+"
    r"[\s,;.!()\[\]{}-]*$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:[\s,;]+(?:and|or|then|again|also|&))+[\s,;]*$", re.IGNORECASE)
"""Words that join one time to another."""
_WORD = re.compile(r"\S+")
_WORDS_AT_END = 8
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Timed:
    """A time as a person means it: the moment, the person's zone, and the rest of the text."""

    at: datetime
    zone: ZoneInfo
    text: str


@dataclass(frozen=True, slots=True)
class FoundTime:
    """A time within a text: the words for it, and whether it ends the text."""

    timed: Timed
    said: str
    at_the_end: bool

    def beside(self, text: str) -> "FoundTime":
        """Return the same time with another text."""
        return replace(self, timed=replace(self.timed, text=text))

    def by(self, now: datetime) -> str:
        """Return the time as it follows `by`. A length of time becomes its moment."""
        said = _LEADING.sub("", self.said)
        words = Words.of(said)
        length = read_length(words, 0)
        if words.at(0) != "in" and (length is None or length.count < len(words)):
            return said
        there = (self.timed.at + timedelta(seconds=59)).astimezone(self.timed.zone)
        within_a_day = self.timed.at - now < timedelta(hours=23)
        return f"{there:%H:%M}" if within_a_day else f"{there:%Y-%m-%d %H:%M}"


async def time_first(request: Request, typed: str) -> Timed:
    """Split off the time in front. The text after it is returned as typed."""
    line, zone = normal(typed), await request.zone()
    found = read_when(line.norm, request.act.now, zone, request.policy.working)
    return Timed(found.moment, zone, plain(line.behind(found.end)))


async def time_alone(request: Request, typed: str) -> Timed:
    """Read a text that must be a time and nothing else."""
    found = await time_first(request, without_courtesy(typed))
    if found.text:
        shown = found.text[:_LONGEST_SHOWN]
        raise BadInput("when", NotPartOfTheTime(shown), "tomorrow 9:00")
    return found


async def time_at_end(
    request: Request, typed: str, example: str, again: Callable[[str, str], str]
) -> Timed:
    """Split at the last `by` with only a time after it: 'written by Tom by 17:00'.

    If there is none, the refusal is about the last `by`, or about the one with a time after it.
    `again` makes the command from the text and the time.
    """
    text = f" {without_courtesy(typed)}"
    problem: Problem = NoDueTime()
    moved: FoundTime | None = None
    for number, by in enumerate(reversed(list(_BY.finditer(text)))):
        try:
            found = await time_first(request, text[by.end() :])
        except BadInput as error:
            problem = error.problem if number == 0 else problem
            continue
        if not found.text:
            before = text[: by.start()]
            if other := await _other_due(request, before):
                second = _moved(found, text, by.start(), by.end())
                raise two_times(other, second, lambda one: again(*_due(one, request)))
            return Timed(found.at, found.zone, plain(before).rstrip(" ,;-"))
        shown = found.text[:_LONGEST_SHOWN]
        problem = BehindTheTime(shown)
        moved = _moved(found, text, by.start(), by.end())
    if not _BY.search(text) and (moved := await time_within(request, text)):
        problem = EndWithByAndTheTime()
    if moved is not None:
        due = moved.by(request.act.now)
        raise Unclear(problem, (again(moved.timed.text or "<text>", due),), no_report=True)
    raise BadInput("when", problem, example)


async def _other_due(request: Request, text: str) -> FoundTime | None:
    """Find another time in the text before `by` and a time."""
    joined = _JOINED.sub("", text)
    for by in _BY.finditer(joined):
        with suppress(BadInput):
            found = await time_first(request, joined[by.end() :])
            return _moved(found, joined, by.start(), by.end())
    return await other_time(request, text)


def _due(found: FoundTime, request: Request) -> tuple[str, str]:
    return found.timed.text or "<text>", found.by(request.act.now)


async def other_time(request: Request, text: str) -> FoundTime | None:
    """Find another time in the rest of a text, if `and` or `or` joins the two."""
    joined = _JOINED.sub("", text)
    if joined != text:
        found = await time_within(request, joined)
        return found if found and found.at_the_end else None
    found = await time_within(request, text)
    before = _JOINED.sub("", found.timed.text) if found else ""
    if found is None or not found.at_the_end or before == found.timed.text:
        return None
    return found.beside(before)


def two_times(other: FoundTime, found: FoundTime, command: Callable[[FoundTime], str]) -> Unclear:
    """Ask which of the two times is meant. The text is the rest without both."""
    either = (other, found.beside(other.timed.text))
    problem = TwoTimes(other.said, found.said)
    return Unclear(problem, tuple(map(command, either)), no_report=True)


async def time_within(request: Request, typed: str) -> FoundTime | None:
    """Find the time that ends a text (`call legal in 20 minutes`), or else the first one."""
    typed, first = without_courtesy(typed), None
    words = list(_WORD.finditer(typed))
    for word in (*words[:1], *words[1:][-_WORDS_AT_END:]):
        try:
            timed = await time_first(request, typed[word.start() :])
        except BadInput:
            continue
        found = _moved(timed, typed, word.start(), word.start())
        if found.at_the_end:
            return found
        first = first or found
    return first


def without_courtesy(typed: str) -> str:
    """Drop words after a time that do not change it: `please`, `no later`."""
    return _COURTESY.sub("", typed)


def _moved(found: Timed, typed: str, before: int, begins: int) -> FoundTime:
    """Return the time that begins in a text, with the text before and after it."""
    said = plain(typed[begins:]).removesuffix(found.text).strip(" ,;:-()[]")
    text = plain(typed[:before]).rstrip(" ,;:-([")
    while text != (shorter := _TRAILING.sub("", text).rstrip(" ,;:-([")):
        text = shorter
    text = f"{text} {found.text}".strip(" ,;:-(")
    return FoundTime(Timed(found.at, found.zone, text), said, at_the_end=not found.text)
