"""What stands where a team or a person is expected, and is none: who may be meant by it."""

import re

from bot.domain.errors import BadInput, NotFound, Unclear
from handlers.commands.normal import normal
from handlers.commands.verb import Ask
from handlers.commands.words import ENDS, first_word, plain, team_names

_LOOKED_AT = 60
"""Characters in which the name of a team may stand behind other words: `page someone in legal`."""


def no_target(ask: Ask, verb: str, *, teams: bool) -> Exception:
    """Neither a team nor a person stands in front: name the nearest, or where they are listed."""
    if normal(ask.words).norm.startswith("<!subteam"):
        problem = "a user group is not a team; name a team or a person"
        return BadInput("team", problem, "page legal")
    word, rest = first_word(ask.words)
    if word.startswith("@"):
        return NotFound("person", word)
    if by_name := _by_name(ask, verb, word, rest):
        return by_name
    try:
        ask.policy.team(plain(word))
    except NotFound as error:
        if error.nearest:
            return _mistyped(ask, verb, error.nearest, plain(word), rest)
    nearest = _further_in(ask) if teams else ()
    return NotFound("team", plain(word), nearest, or_person=True)


def no_person(ask: Ask, verb: str, problem: str, example: str, *, text: bool = True) -> Exception:
    """No one is mentioned in front; a name that the policy knows is offered as a mention.

    `text`: some may follow it.
    """
    word, rest = first_word(ask.words)
    by_name = _by_name(ask, verb, word, rest if text else "")
    return by_name or BadInput("person", problem, example)


def _by_name(ask: Ask, verb: str, word: str, rest: str) -> Unclear | None:
    name = plain(word).lower()
    if name not in ask.policy.people:
        return None
    problem = f"'{plain(word)}' is not a mention; to name a person, type @ and choose them"
    return Unclear(problem, (command(ask, verb, f"@{name}", rest),), no_report=True)


def _mistyped(ask: Ask, verb: str, nearest: tuple[str, ...], word: str, rest: str) -> Unclear:
    commands = tuple(command(ask, verb, key, rest) for key in nearest)
    return Unclear(f"there is no team '{word[:40]}' here", commands, no_report=True)


def _further_in(ask: Ask) -> tuple[str, ...]:
    """The teams that the first words name behind the one that is none."""
    norm = normal(ask.words).norm[:_LOOKED_AT]
    found = re.finditer(rf"(?<![\w-])({team_names(ask.policy)}){ENDS}", norm, re.IGNORECASE)
    return tuple(dict.fromkeys(str(ask.policy.team(one[1]).key) for one in found))


def command(ask: Ask, verb: str, said: str, rest: str) -> str:
    return " ".join(part for part in (verb, ask.named or "ESC-n", said, plain(rest)) if part)


def with_text(ask: Ask, verb: str, said: str, rest: str) -> str:
    """A colon says where the text begins."""
    return command(ask, verb, f"{said}:" if plain(rest) else said, rest)
