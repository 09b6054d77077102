"""Words in the place of a team or a person that name neither: offers what may be meant."""

import re

from bot.domain.errors import BadInput, NotFound, Unclear
from bot.domain.ids import UserId
from bot.domain.problems.names import AUserGroup, NameAlone, NoSuchTeam, NotAMention
from bot.domain.text.likeness import mistyped
from handlers.commands.verb import Ask
from handlers.typed.normal import normal
from handlers.typed.words import ENDS, SIGNS, between, first_word, person_first, plain, team_names
from handlers.unclear.for_later import MUST_SAY

_FILLING = re.compile(r"(?:(?:to|for|the|our|my)\s+)+", re.IGNORECASE)
_LOOKED_AT = 60
"""In characters. A team may be named within them, after other words: `page someone in legal`."""


def no_target(ask: Ask, verb: str, *, teams: bool) -> Exception:
    """Return the refusal when no team or person is in front.

    It names the nearest teams, or where people find the list.
    """
    if normal(ask.words).norm.startswith("<!subteam"):
        return BadInput("team", AUserGroup())
    if filled := _behind_filling(ask, verb, ask.words, teams=teams):
        return filled
    word, rest = first_word(ask.words)
    if by_name := _by_name(ask, verb, word, rest):
        return by_name
    if word.startswith("@"):
        return NotFound("person", word)
    try:
        ask.policy.team(plain(word))
    except NotFound as error:
        nearest = error.nearest or _like(ask, word)
        if nearest:
            return _mistyped(ask, verb, nearest, plain(word), rest)
    nearest = _further_in(ask) if teams else ()
    return NotFound("team", plain(word), nearest, or_person=True)


def one_person(
    ask: Ask, verb: str, words: str, refusal: BadInput, *, text: bool = True
) -> tuple[UserId, str]:
    """Split off a person. `text`: text may follow the person.

    Raises Unclear, with the mention, for a name that the policy knows. Raises the refusal if no
    person is named.
    """
    word, behind = first_word(words)
    by_name = _by_name(ask, verb, word, behind if text else "")
    try:
        user, rest = person_first(words, ask.me)
    except NotFound as unknown:
        raise by_name or unknown from None
    if user is None:
        raise by_name or _behind_filling(ask, verb, words, teams=False) or refusal
    return user, rest


def _behind_filling(ask: Ask, verb: str, words: str, *, teams: bool) -> Unclear | None:
    """Offer the command without `to` or `the` before the name."""
    line = normal(words)
    filling = _FILLING.match(line.norm)
    if filling is None:
        return None
    names = team_names(ask.policy) if teams else "(?!)"
    whom = rf"(?:(?P<user><@[A-Z0-9]+>)|(?P<me>me){ENDS}|@?(?P<team>{names}){ENDS})"
    found = re.compile(rf"{whom}(?:\s+team(?!\w))?", re.IGNORECASE).match(line.norm, filling.end())
    if found is None:
        return None
    if found["team"]:
        said = str(ask.policy.team(found["team"]).key)
    else:
        start, end = found.span("user" if found["user"] else "me")
        said = plain(line.raw[line.starts[start] : line.ends[end - 1]])
    problem = NameAlone(verb, filling[0].strip())
    commands = (command(ask, verb, said, line.behind(found.end())),)
    return Unclear(problem, commands, no_report=True)


def _like(ask: Ask, word: str) -> tuple[str, ...]:
    """Return the teams of whose names the word is a typing error."""
    said = plain(word).lower()
    like = [
        str(team.key)
        for team in ask.policy.teams.values()
        if any(mistyped(said, name.lower()) for name in (team.key, team.name, *team.aliases))
    ]
    return tuple(like)


def _by_name(ask: Ask, verb: str, word: str, rest: str) -> Unclear | None:
    name = plain(word).lower().removeprefix("@")
    if name not in ask.policy.people:
        return None
    problem = NotAMention(plain(word))
    joined = SIGNS & set(between(ask.words, rest)) and _one_more(ask, rest)
    said = f"@{name}," if joined else f"@{name}"
    return Unclear(problem, (command(ask, verb, said, rest),), no_report=True)


def _one_more(ask: Ask, text: str) -> bool:
    """Whether the text begins with a team or a mention, as the next name of a list."""
    norm = normal(text).norm
    found = re.match(rf"<@|@?(?:{team_names(ask.policy)}){ENDS}", norm, re.IGNORECASE)
    return found is not None


def _mistyped(ask: Ask, verb: str, nearest: tuple[str, ...], word: str, rest: str) -> Unclear:
    joined = SIGNS & set(between(ask.words, rest)) and _one_more(ask, rest)
    commands = tuple(command(ask, verb, f"{key}," if joined else key, rest) for key in nearest)
    return Unclear(NoSuchTeam(word[:40]), commands, no_report=True)


def _further_in(ask: Ask) -> tuple[str, ...]:
    """Return the teams that the first words name after the unknown one."""
    norm = normal(ask.words).norm[:_LOOKED_AT]
    found = re.finditer(rf"(?<![\w-])({team_names(ask.policy)}){ENDS}", norm, re.IGNORECASE)
    return tuple(dict.fromkeys(str(ask.policy.team(one[1]).key) for one in found))


def command(ask: Ask, verb: str, said: str, rest: str) -> str:
    text = plain(rest) or (MUST_SAY.get(verb, "") if said else "")
    return " ".join(part for part in (verb, ask.named or "ESC-n", said, text) if part)


def with_text(ask: Ask, verb: str, said: str, rest: str) -> str:
    """Return the command. A colon marks the beginning of its text."""
    return command(ask, verb, f"{said}:" if plain(rest) else said, rest)
