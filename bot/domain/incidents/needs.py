"""Reads the text that says what paged people are needed for, line by line.

A line that begins with teams and a colon is for those teams: `Legal: may we suspend him today?`.
If nothing follows the colon, the lines below are for them too, up to an empty line. The reader
ignores what people write beside a name: a greeting, `team`, a person in brackets. Every other line
is for everyone who is paged. `All:` marks a line for everyone that looks like one for a team.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import TeamKey
from bot.domain.text.likeness import distance, mistyped
from bot.domain.text.showing import says

# Not a colon inside an address (`https://`) or before a case ending (`PR:s`).
_IN_FRONT = re.compile(r"([^:\uff1a\n]{1,120})[:\uff1a](?!//|\w(?!\w))\s*(.*)")
_ADORNED = re.compile(r"(?::[a-z0-9_+'-]+:|[^\w<@#]|[0-9]{1,2}[.)]\s)+", re.IGNORECASE)
_BULLET = re.compile(r"[*+\u2022\u2023\u25e6\u2013\u2014-]\s+")
_ALL = frozenset({"all", "everyone"})
_NO_TEAMS = frozenset({"police"})
"""Words that are common in an emergency and only look like a mistyped team name."""
_BETWEEN = re.compile(r"\s*(?:[,&+/;]|(?<!\w)and(?!\w))\s*", re.IGNORECASE)
_MARKS = " \t*_~`'\"@#-\u2013\u2014\u2022>()[]"
_JOINTS = re.compile(r"[-\s_]+")
_BRACKET = re.compile(r"(?<=\S)\s*[(\[]([^()\[\]]*)[)\]]")
_GREETINGS = frozenset({"attn", "dear", "hello", "hey", "hi"})
_BESIDE_A_NAME = re.compile(
    rf"\A(?:(?:for|to|{'|'.join(sorted(_GREETINGS))}) )?(?:the |our )?|(?: teams?)?\Z"
)
_VOWELS = re.compile(r"(?!\A)[aeiou]")


@dataclass(frozen=True, slots=True)
class Need:
    """One line. `teams`: the teams that it is for; if empty, everyone who is paged."""

    text: str
    teams: tuple[TeamKey, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, **({"teams": list(self.teams)} if self.teams else {})}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Need":
        return cls(data["text"], tuple(map(TeamKey, data.get("teams", ()))))


@dataclass(frozen=True, slots=True)
class NoTeam:
    """A word in the place of a team that is not one. `meant`: the team that it resembles."""

    said: str
    meant: TeamKey | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """The result of reading a text. The bot pages no one while `unclear` is set."""

    needs: tuple[Need, ...] = ()
    unclear: NoTeam | None = None


def needs_in(text: str, names: Mapping[str, TeamKey]) -> Needs:
    """Read a text. `names` maps every team name, in lower case, to the team's key."""
    known = {_folded(name): key for name, key in names.items()}
    needs: list[Need] = []
    heading: _Line | None = None
    for line in text.splitlines():
        read = _line(line.strip(), known) if says(line) else None
        if isinstance(read, NoTeam):
            return Needs(unclear=read)
        if read is None:
            heading = None
        elif not says(read.text):
            heading = read
        elif read.teams is None:
            needs.append(Need(read.text, (heading.teams or ()) if heading else ()))
        else:
            heading = None
            needs.append(Need(read.text, read.teams))
    return Needs(tuple(needs))


@dataclass(frozen=True, slots=True)
class _Line:
    """The result of reading a line. `teams` is None if it names no one, and empty for `All:`."""

    text: str
    teams: tuple[TeamKey, ...] | None = None


def _line(line: str, names: Mapping[str, TeamKey]) -> _Line | NoTeam:
    whole = _Line(line[bullet.end() :] if (bullet := _BULLET.match(line)) else line)
    adorned = _ADORNED.match(line)
    found = _IN_FRONT.match(line, adorned.end() if adorned else 0)
    if found is None:
        return whole
    said = _said(found[1], names)
    folded = [_folded(one) for one in said]
    text = found[2].strip()
    if len(folded) == 1 and folded[0] in _ALL:
        return _Line(text, ())
    folded = [one if one in names else _bare(one) for one in folded]
    teams = [names.get(one) for one in folded]
    if None not in teams:
        return _Line(text, tuple(dict.fromkeys(filter(None, teams))))
    wrong = teams.index(None)
    meant = None if folded[wrong] in _NO_TEAMS else _meant(folded[wrong], names)
    if meant or any(teams):
        return NoTeam(said[wrong], meant)
    return whole


def _said(front: str, names: Mapping[str, TeamKey]) -> list[str]:
    """Return what may be team names, without a greeting or a person in brackets."""

    def teams_in(bracket: re.Match[str]) -> str:
        within = [one for one in _BETWEEN.split(bracket[1]) if _folded(one) in names]
        return "".join(f", {one}" for one in within)

    said = [one.strip(_MARKS) for one in _BETWEEN.split(_BRACKET.sub(teams_in, front))]
    return [one for one in said if one.lower() not in _GREETINGS] or said


def _bare(folded: str) -> str:
    """Return a name without the words beside it: 'the legal team', 'hi @legal'."""
    return _BESIDE_A_NAME.sub("", folded).strip(_MARKS)


def _meant(word: str, names: Mapping[str, TeamKey]) -> TeamKey | None:
    like = [name for name in names if mistyped(word, name) or _without_vowels(word, name)]
    nearest = min(like, key=lambda name: distance(word, name), default=None)
    return names[nearest] if nearest is not None else None


def _without_vowels(word: str, name: str) -> bool:
    return len(word) > 2 and word == _VOWELS.sub("", name) != name


def _folded(name: str) -> str:
    return _JOINTS.sub(" ", name).strip().lower()


def needed_of(needs: Iterable[Need], asked: Iterable[str]) -> str:
    """Return the lines for everyone and for the teams in `asked`, as written.

    `asked` holds team keys. For a person who is asked by name, it holds the key of their run.
    """
    keys = set(asked)
    return "\n".join(need.text for need in needs if not need.teams or keys.intersection(need.teams))


def written(
    needs: Iterable[Need], names: Mapping[str, TeamKey], shown: Mapping[TeamKey, str]
) -> str:
    """Return a text that `needs_in` reads back as these needs.

    `shown` maps a team's key to the name to write.
    """
    return "\n".join(_written(need, names, shown) for need in needs)


def _written(need: Need, names: Mapping[str, TeamKey], shown: Mapping[TeamKey, str]) -> str:
    said = ", ".join(shown.get(team, team) for team in need.teams) or "All"
    ways = (need.text, f"{said}: {need.text}", f"{', '.join(need.teams)}: {need.text}")
    read = (way for way in ways if needs_in(way, names).needs == (need,))
    return next(read, need.text)


def named(needs: Iterable[Need]) -> Sequence[TeamKey]:
    """Return each team that a line is for, once."""
    return tuple(dict.fromkeys(team for need in needs for team in need.teams))
