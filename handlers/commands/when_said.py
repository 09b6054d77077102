"""A page goes out at once. `page legal tomorrow` and `page legal if pr is silent` ask for later."""

import re

from bot.domain.errors import Unclear
from handlers.commands.normal import normal
from handlers.commands.verb import Ask
from handlers.commands.words import plain

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun"
_LEAD = r"(?:(?:please|pls|but|only|not\s+now|not\s+yet|first\s+thing)[\s,.-]+)*"
_TIME = re.compile(
    rf"{_LEAD}(?:tomorrow|tonight|later|next\s+\w+|(?:on\s+|by\s+)?(?:{_DAY})|noon|midnight|eod"
    r"|in\s+(?:an?|half|[0-9.]+)\s*(?:m|h|d|min|mins|minutes?|hrs?|hours?|days?|weeks?)"
    r"|(?:at|by|from|after|around)\s+[0-9]{1,2}(?:[:.]?[0-9]{2})?\s*(?:am|pm|utc|z)?"
    r"|[0-9]{1,2}:[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2})(?!\w)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    rf"{_LEAD}(?:if|when|unless|once|until|as\s+soon\s+as|in\s+case|not\s+(?:yet|now))(?!\w)",
    re.IGNORECASE,
)


def asks_for_a_time(text: str) -> bool:
    return _TIME.match(normal(text).norm) is not None


def asks_for_a_condition(text: str) -> bool:
    return _CONDITION.match(normal(text).norm) is not None


def refuse_later(ask: Ask, verb: str, said: str, rest: str) -> None:
    """Raise Unclear where the text says when; a reminder can wait for it, the deed can't."""
    time = asks_for_a_time(rest)
    if not (time or asks_for_a_condition(rest)):
        return
    text, of = plain(rest), ask.named or "ESC-n"
    when = f"{text} {verb} {said}" if time else f"in 15m {verb} {said} {text}"
    at_once = " ".join(part for part in (verb, of, f"{said}: {text}") if part)
    problem = f"'{verb}' is done at once, and '{text[:60]}' asks for later"
    raise Unclear(problem, (f"remind {of} {when}", at_once))
