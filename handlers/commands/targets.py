"""Whom to page or hand over to: teams and people in front of a text, joined by commas or `and`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.errors import BadInput, NotFound, Unclear
from bot.domain.ids import TeamKey, UserId
from bot.policy import Policy
from handlers.commands.normal import Line, normal
from handlers.commands.verb import Ask
from handlers.commands.words import ENDS, first_word, plain, team_names

_JOINING = re.compile(r"(?:\s*[,;&+/]+\s*(?:and\s+)?|\s+(?:and|plus)\s+)(?:-+\s+)?", re.IGNORECASE)
_GAP = re.compile(r"\s*(?:-+\s+)?")
_WORD = re.compile(r"[^\s,;:]+")
LOOKED_AT = 100
_THE_REST = 0.8
_HOW_NEAR = 0.75
"""A word behind a comma that is as near as this to a team's name is a mistyped team."""


@dataclass(frozen=True, slots=True)
class Target:
    """A team or a person; `said` is how it is typed."""

    team: TeamKey | None
    user: UserId | None
    said: str


def targets_first(ask: Ask, verb: str, *, teams: bool = True) -> tuple[list[Target], str]:
    """Split off the targets; raises NotFound for the first, Unclear where text may be one more."""
    line = normal(ask.words)
    target, end = _one(ask, line, 0, teams=teams)
    if target is None:
        raise _no_target(ask)
    found = [target]
    while True:
        joining = _JOINING.match(line.norm, end)
        at = (joining or _gap(line, end)).end()
        target, next_end = _one(ask, line, at, teams=teams)
        if target is None and joining:
            _refuse_a_near_miss(ask.policy if teams else None, line, at)
        if target is None or (not joining and (at == end or target in found)):
            break
        if not (joining or target.said[:1] == found[-1].said[:1] == "@"):
            raise _unclear(ask, verb, found, line.behind(end))
        found.append(target)
        end = next_end
    return list(dict.fromkeys(found)), line.behind(end)


def _gap(line: Line, end: int) -> re.Match[str]:
    """A space, and perhaps a dash: text may begin behind it, or an item of a list."""
    gap = _GAP.match(line.norm, end)
    assert gap is not None
    return gap


def one_target(ask: Ask, verb: str, *, teams: bool = True) -> tuple[Target, str]:
    """Split off a single target; raises Unclear with a command for each where there are several."""
    found, rest = targets_first(ask, verb, teams=teams)
    if len(found) > 1:
        named = ", ".join(target.said for target in found)
        problem = f"'{verb}' takes one at a time, and these are several: {named}"
        raise Unclear(problem, tuple(command(ask, verb, one.said, rest) for one in found))
    return found[0], rest


def command(ask: Ask, verb: str, said: str, rest: str) -> str:
    return " ".join(part for part in (verb, ask.named or "", said, plain(rest)) if part)


def _one(ask: Ask, line: Line, at: int, *, teams: bool) -> tuple[Target | None, int]:
    names = team_names(ask.policy) if teams else "(?!)"
    pattern = rf"<@(?P<user>[A-Z0-9]+)>|(?:@?me|myself){ENDS}|@?(?P<team>{names}){ENDS}"
    found = re.compile(pattern, re.IGNORECASE).match(line.norm, at)
    if found is None:
        return None, at
    if found["team"]:
        team = ask.policy.team(found["team"])
        _refuse_a_longer_name(ask.policy, line.norm, found)
        return Target(team.key, None, team.key), found.end()
    if found["user"]:
        typed = line.raw[line.starts[found.start()] : line.ends[found.end() - 1]]
        return Target(None, UserId(found["user"]), plain(typed)), found.end()
    return Target(None, ask.me, "me"), found.end()


def _refuse_a_longer_name(policy: Policy, norm: str, found: re.Match[str]) -> None:
    """Raise NotFound for `data protecton`: it is near a longer name than `data`."""
    begun = len(_words(found["team"]))
    typed = _words(norm[found.start("team") : found.start() + LOOKED_AT])
    for team in policy.teams.values():
        for name in (team.key, team.name, *team.aliases):
            words = _words(name)
            meant, said = words[: begun + 1], typed[: begun + 1]
            if len(meant) == begun or meant == said or meant[:begun] != said[:begun]:
                continue
            if get_close_matches("".join(said[begun:]), meant[begun:], cutoff=_THE_REST):
                raise NotFound("team", " ".join(said), (team.key,))


def _words(name: str) -> list[str]:
    return re.split(r"[-\s_]+", name.lower().strip())


def _no_target(ask: Ask) -> Exception:
    if normal(ask.words).norm.startswith("<!subteam"):
        problem = "a user group is no team; name a team or a person"
        return BadInput("team", problem, "page legal")
    word, _ = first_word(ask.words)
    if word.startswith("@"):
        return NotFound("person", word)
    try:
        ask.policy.team(plain(word))
    except NotFound as error:
        return error
    return NotFound("team", plain(word))


def _refuse_a_near_miss(policy: Policy | None, line: Line, at: int) -> None:
    word = _WORD.match(line.norm, at)
    if word is None:
        return
    if word[0].startswith("@"):
        raise NotFound("person", word[0])
    teams = policy.teams.values() if policy else ()
    names = [name for team in teams for name in (team.key, *team.aliases)]
    near = get_close_matches(word[0].lower(), names, n=1, cutoff=_HOW_NEAR)
    if near and policy:
        raise NotFound("team", word[0], (policy.team(near[0]).key,))


def _unclear(ask: Ask, verb: str, found: Sequence[Target], rest: str) -> Unclear:
    """Without a comma it is not clear whether the next one is a target or the text begins."""
    said, word = ", ".join(target.said for target in found), first_word(rest)[0]
    return Unclear(
        f"it is not clear whether '{plain(word)}' is one more target or the beginning of the text",
        (command(ask, verb, f"{said},", rest), command(ask, verb, f"{said}:", rest)),
    )
