"""A second escalation after the first: `severity ESC-5 p1, 6 p2`, `decline ESC-5, 6 spam`."""

import re
from collections.abc import Callable

from bot.domain.errors import BadInput, NotFound, Unclear
from bot.domain.ids import parse_reference
from bot.domain.problems.commands import AboutBoth, PerhapsEscalations
from bot.services.incidents import references
from handlers.commands.misplaced import counts
from handlers.commands.verb import Ask, Behind, Verb
from handlers.typed.normal import normal
from handlers.typed.words import (
    SIGNS,
    between,
    colon_before,
    number_first,
    plain,
    reference_first,
    reference_first_if_any,
)

_AND = re.compile(r"(?:(?:and|or|plus)\s+|[&+,/;|]\s*)+", re.IGNORECASE)
_TOO = re.compile(r"\W*(?:too|also|as\s+well|both)\W*", re.IGNORECASE)
_NUMBERS = re.compile(
    r"0*[0-9]{1,9}(?:(?:\s*[,;/&+|]\s*(?:and\s+)?|\s+and\s+)0*[0-9]{1,9})+(?![\w.-])", re.IGNORECASE
)


async def refuse_second(
    ask: Ask,
    verb: Verb,
    said: str,
    typed: str,
    rest: str,
    own: Callable[[str], object] | None = None,
) -> None:
    """Raise Unclear if `rest`, the end of what was `typed`, names another escalation too.

    A number counts if a sign or `and` joins it to the words before and the escalation exists. A
    colon marks the beginning of the text. `own` reads the verb's arguments, since the second
    escalation may have its own.
    """
    if ask.named is None or colon_before(typed, rest):
        return
    line = normal(rest)
    joining = _AND.match(line.norm)
    behind = line.behind(joining.end()) if joining else rest
    joined = joining is not None or bool(SIGNS & set(between(typed, rest)))
    name, text = await _other(ask, behind)
    if name is None or name == ask.named or not (joined or verb.behind is Behind.REASON):
        return
    text = "" if _TOO.fullmatch(text) else plain(text)
    brings_its_own = own is not None and _reads(own, text)
    first, second = ("", "") if brings_its_own else (text, said)
    raise Unclear(
        AboutBoth(ask.named, name),
        (
            _command(verb.name, ask.named, said, first),
            _command(verb.name, name, second, text),
        ),
        no_report=True,
    )


async def _other(ask: Ask, text: str) -> tuple[str | None, str]:
    number, rest = number_first(text)
    if number is not None:
        there = None if counts(rest) else await _there(ask, number)
        return there, rest
    named = reference_first_if_any(text)
    return (named, reference_first(text)[1]) if named else (None, text)


async def _there(ask: Ask, number: str) -> str | None:
    return await ask.read(references.numbered, ask.act, parse_reference(number))


def _reads(own: Callable[[str], object], text: str) -> bool:
    try:
        own(text)
    except (BadInput, NotFound, Unclear):
        return False
    return True


def _command(verb: str, of: str, said: str, text: str) -> str:
    return " ".join(part for part in (verb, of, said, text) if part)


async def refuse_numbers(ask: Ask, verb: Verb) -> None:
    """Raise Unclear for `update 5, 6: all good` if all of these escalations exist."""
    line = normal(ask.words)
    found = _NUMBERS.match(line.norm)
    if found is None:
        return
    rest = line.behind(found.end())
    numbers = re.findall(r"[0-9]+", found[0])
    names = [await ask.read(references.numbered, ask.act, int(number)) for number in numbers]
    if None in names or (counts(rest) and not colon_before(ask.words, rest)):
        return
    commands = [_command(verb.name, str(name), "", plain(rest)) for name in names]
    commands.append(_command(verb.name, "ESC-n", "", ask.text))
    raise Unclear(PerhapsEscalations(found[0]), tuple(commands), no_report=True)
