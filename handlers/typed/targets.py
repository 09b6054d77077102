"""Reads teams and people to page or hand over to: in front, joined by commas or `and`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.errors import NotFound, Unclear
from bot.domain.ids import TeamKey, UserId
from bot.domain.problems.commands import PerhapsPagedToo, TargetOrText, WhichOfThese
from bot.domain.problems.names import NoSuchTeam, NotAMention, SeveralTargets
from bot.domain.text.dashes import DASHES
from bot.policy import Policy
from handlers.commands.questions import refuse_question
from handlers.commands.verb import Ask, Verb
from handlers.typed.more_targets import one_more
from handlers.typed.no_target import command, no_target, with_text
from handlers.typed.normal import Line, normal
from handlers.typed.words import ENDS, plain, team_names
from handlers.unclear.for_later import refuse_later

_SIGNS = r"\s*[,;&+/|\\]+\s*(?:(?:and|plus|or|then|also|with)\s+)*"
_WORDS = r"\s+(?:(?:and|plus)\s+)"
_MORE_WORDS = (
    r"\s+(?:(?:and|plus|or|then|also|with|und|et|y|e|oder|ou|o|as\s+well\s+as|together\s+with"
    r"|along\s+with|and\s*/\s*or)\s+)+"
)
_JOINING = re.compile(rf"(?:{_MORE_WORDS}|{_SIGNS})(?:-+\s+)?", re.IGNORECASE)
_JOINING_PEOPLE = re.compile(rf"(?:{_WORDS}|{_SIGNS})(?:-+\s+)?", re.IGNORECASE)
"""Only these join two people, as a task may begin with a word: `task @tom with @sofia draft it`."""
_ONE_OF_THEM = re.compile(r"(?:^|[\s/])(?:or|then|oder|ou|o)\s", re.IGNORECASE)
_SAID_WHY = re.compile(r"\s*[-.,;!]*:")
_NO_WORD_FOLLOWS = re.compile(rf"[\n:,;.!|/{DASHES}-]|$")
_BEGINS_A_REASON = re.compile(
    r"(?:they|we|i|you|it|he|she|this|these|there|please|pls|now|asap|urgent|urgently|immediately"
    r"|today|both|all|too|also|as\s+well|because|thanks|need\s+(?:both|all|you|your|help))(?!\w)",
    re.IGNORECASE,
)
_SAYS_OF_A_PERSON = re.compile(r"(?:can|will|must|should|may|\w+(?:s|ed))(?!\w)", re.IGNORECASE)
_GAP = re.compile(r"\s*(?:-+\s+)?")
_WORD = re.compile(r"[^\s,;:]+")
LOOKED_AT = 100
_THE_REST = 0.8
_HOW_NEAR = 0.75
"""If a word after a comma is at least this similar to a team's name, it is a mistyped team."""


@dataclass(frozen=True, slots=True)
class Target:
    """A team or a person. `said` is how a command names them."""

    team: TeamKey | None
    user: UserId | None
    said: str


@dataclass(frozen=True, slots=True)
class _Split:
    """The targets, the end of the last one, the text after it, and the text from it on."""

    line: Line
    found: list[Target]
    end: int
    from_last: str

    @property
    def rest(self) -> str:
        return self.line.behind(self.end)

    @property
    def said(self) -> str:
        return ", ".join(target.said for target in self.found)


def targets_first(ask: Ask, verb: Verb) -> tuple[list[Target], str]:
    """Split off the targets.

    Raises NotFound if the first is unknown, and Unclear if part of the text may be one more target.
    A colon after them marks the beginning of the text.
    """
    split = _split(ask, verb.name, teams=True, several=True)
    refuse_question(ask, verb, split.rest)
    if not _SAID_WHY.match(split.line.norm, split.end):
        refuse_later(ask, verb.name, split.said, split.rest)
        _refuse_a_subject(ask, verb.name, split)
        _refuse_one_not_taken(ask, verb.name, split)
    return split.found, split.rest


def _split(ask: Ask, verb: str, *, teams: bool, several: bool = False) -> _Split:
    line = normal(ask.words)
    target, end = _one(ask, line, 0, teams=teams)
    if target is None:
        raise no_target(ask, verb, teams=teams)
    found, from_last = [target], line.behind(0)
    while True:
        joining = (_JOINING if teams else _JOINING_PEOPLE).match(line.norm, end)
        at = (joining or _gap(line, end)).end()
        target, next_end = _one(ask, line, at, teams=teams)
        if target is None and joining:
            if several:
                _refuse_no_mention(ask, verb, found, line, at)
            if several:
                _refuse_a_mistyped_team(ask, verb, found, line, at)
            _refuse_a_near_miss(ask.policy if teams else None, line, at)
        if target is None or (not joining and (at == end or target in found)):
            break
        if joining and _ONE_OF_THEM.search(joining[0]):
            raise _one_of_them(ask, verb, [*found, target], line.behind(next_end))
        if not (joining or target.said[:1] == found[-1].said[:1] == "@"):
            raise _unclear(ask, verb, [*found, target], line.behind(next_end), line.behind(end))
        found.append(target)
        end, from_last = next_end, line.behind(at)
    return _Split(line, list(dict.fromkeys(found)), end, from_last)


def _refuse_a_subject(ask: Ask, verb: str, split: _Split) -> None:
    """Raise Unclear for `legal, product is broken`: the last name may begin the text."""
    typed = split.line.raw[split.line.ends[split.end - 1] :]
    last, word = split.found[-1], split.line.norm[split.end :].lstrip()
    if len(split.found) == 1 or _NO_WORD_FOLLOWS.match(typed.lstrip("*_~`'\"\u201d\u2019) \t")):
        return
    clear = _BEGINS_A_REASON.match(word) is not None
    if last.said.startswith("@"):
        clear = clear or not _SAYS_OF_A_PERSON.match(word)
    if not clear and last.said != "me":
        raise _unclear(ask, verb, split.found, split.rest, split.from_last)


def _refuse_one_not_taken(ask: Ask, verb: str, split: _Split) -> None:
    """Raise Unclear for a name within the text that reads as part of the list.

    Otherwise it would be lost silently.
    """
    taken = [target.said for target in split.found]
    more = one_more(ask.policy, split.line, split.end, taken)
    if more is not None:
        raise Unclear(
            PerhapsPagedToo(more.said),
            (
                with_text(ask, verb, f"{split.said}, {more.said}", more.rest),
                with_text(ask, verb, split.said, split.rest),
            ),
        )


def _gap(line: Line, end: int) -> re.Match[str]:
    """Match spaces and perhaps a dash. The text or the next name of a list may follow."""
    gap = _GAP.match(line.norm, end)
    assert gap is not None
    return gap


def one_target(ask: Ask, verb: str, *, teams: bool = True) -> tuple[Target, str]:
    """Split off one target. Raises Unclear, with a command for each, if there are several."""
    split = _split(ask, verb, teams=teams)
    found, rest = split.found, split.rest
    if len(found) > 1:
        problem = SeveralTargets(verb, tuple(target.said for target in found))
        raise Unclear(problem, tuple(command(ask, verb, one.said, rest) for one in found))
    return found[0], rest


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
    """Raise NotFound for `data protecton`: it is similar to a longer name than `data`."""
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


def _refuse_no_mention(ask: Ask, verb: str, found: Sequence[Target], line: Line, at: int) -> None:
    """Raise Unclear for `legal, @Priya`: no mention, but a name that the policy knows."""
    word = _WORD.match(line.norm, at)
    name = word[0].lower().removeprefix("@") if word and word[0].startswith("@") else ""
    if word is None or name not in ask.policy.people:
        return
    said = ", ".join([*(one.said for one in found), f"@{name}"])
    problem = NotAMention(word[0])
    commands = (command(ask, verb, said, line.behind(word.end())),)
    raise Unclear(problem, commands, no_report=True)


def _refuse_a_mistyped_team(
    ask: Ask, verb: str, found: Sequence[Target], line: Line, at: int
) -> None:
    """Raise Unclear for `legal, prodct: is it ours?`, and offer to page both."""
    word = _WORD.match(line.norm, at)
    key = _near_miss(ask.policy, word[0]) if word else None
    if word is None or key is None:
        return
    said = ", ".join([*(one.said for one in found), key])
    commands = (with_text(ask, verb, said, line.behind(word.end())),)
    raise Unclear(NoSuchTeam(word[0]), commands, no_report=True)


def _refuse_a_near_miss(policy: Policy | None, line: Line, at: int) -> None:
    word = _WORD.match(line.norm, at)
    if word is None:
        return
    if word[0].startswith("@"):
        raise NotFound("person", word[0])
    key = _near_miss(policy, word[0]) if policy else None
    if key:
        raise NotFound("team", word[0], (key,))


def _near_miss(policy: Policy, word: str) -> TeamKey | None:
    names = [name for team in policy.teams.values() for name in (team.key, *team.aliases)]
    near = get_close_matches(word.lower(), names, n=1, cutoff=_HOW_NEAR)
    return policy.team(near[0]).key if near else None


def _unclear(ask: Ask, verb: str, found: Sequence[Target], rest: str, from_last: str) -> Unclear:
    """Return the refusal if the last name may be a target or begin the text."""
    *before, last = (target.said for target in found)
    return Unclear(
        TargetOrText(last),
        (
            with_text(ask, verb, ", ".join([*before, last]), rest),
            with_text(ask, verb, ", ".join(before), from_last),
        ),
    )


def _one_of_them(ask: Ask, verb: str, found: Sequence[Target], rest: str) -> Unclear:
    said = [target.said for target in found]
    return Unclear(
        WhichOfThese(tuple(said)),
        tuple(with_text(ask, verb, names, rest) for names in (", ".join(said), *said)),
    )
