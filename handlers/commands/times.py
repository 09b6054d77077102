"""Points in time in a command: in front of the text, or at its end behind `by`."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput
from bot.domain.when import read_when
from handlers.commands.normal import normal
from handlers.commands.words import plain
from handlers.request import Request

_BY = re.compile(r"\s+by(?=\s)", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_WORDS_AT_END = 8
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Timed:
    """A time as a person means it: the moment, the zone they think in, and the text beside it."""

    at: datetime
    zone: ZoneInfo
    text: str


async def time_first(request: Request, typed: str) -> Timed:
    """Split off the time in front. What stands behind it is returned as it was typed."""
    line, zone = normal(typed), await request.zone()
    found = read_when(line.norm, request.act.now, zone, request.policy.working)
    return Timed(found.moment, zone, plain(line.behind(found.end)))


async def time_alone(request: Request, typed: str) -> Timed:
    """Read what must be a time and nothing else."""
    found = await time_first(request, typed)
    if found.text:
        shown = found.text[:_LONGEST_SHOWN]
        raise BadInput("when", f"'{shown}' is not part of the time", "tomorrow 9:00")
    return found


async def time_at_end(request: Request, typed: str, example: str) -> Timed:
    """Split at the last `by` that a time alone follows: 'written by Tom by 17:00'.

    Where none does, the refusal is about the last `by`, or about the one that a time follows.
    """
    text, problem = f" {typed}", "end with when it is due"
    for number, by in enumerate(reversed(list(_BY.finditer(text)))):
        try:
            found = await time_first(request, text[by.end() :])
        except BadInput as error:
            problem = error.problem if number == 0 else problem
            continue
        if not found.text:
            return Timed(found.at, found.zone, plain(text[: by.start()]))
        shown = found.text[:_LONGEST_SHOWN]
        problem = f"'{shown}' after the time is not part of it; put the time at the end"
    if not _BY.search(text) and (time := await _time_without_by(request, text)):
        problem = f"write 'by' in front of the time, and nothing after it: by {time}"
    raise BadInput("when", problem, example)


async def _time_without_by(request: Request, text: str) -> str:
    """Find the time in a text that names one without `by`: `draft it friday 5pm please`."""
    for word in list(_WORD.finditer(text))[-_WORDS_AT_END:]:
        try:
            found = await time_first(request, text[word.start() :])
        except BadInput:
            continue
        behind = text[word.start() :].strip()
        return behind.removesuffix(found.text).strip()[:_LONGEST_SHOWN]
    return ""
