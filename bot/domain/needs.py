"""What those who are paged are needed for: a text of lines, each for everyone or for some teams.

A line that begins with teams and a colon is for these (`Legal: may we suspend him today?`); every
other line is for everyone who is paged.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import TeamKey
from bot.domain.likeness import mistyped
from bot.domain.showing import says

_IN_FRONT = re.compile(r"([^:\uff1a\n]{1,120})[:\uff1a](?=\s|$)\s*(.*)")
_BETWEEN = re.compile(r"\s*(?:[,&+/;]|(?<!\w)and(?!\w))\s*", re.IGNORECASE)
_MARKS = " \t*_~`'\"@#-\u2013\u2014\u2022>()[]"
_JOINTS = re.compile(r"[-\s_]+")


@dataclass(frozen=True, slots=True)
class Need:
    """One line. `teams`: whom it is for; everyone who is paged where it names none."""

    text: str
    teams: tuple[TeamKey, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, **({"teams": list(self.teams)} if self.teams else {})}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Need":
        return cls(data["text"], tuple(map(TeamKey, data.get("teams", ()))))


@dataclass(frozen=True, slots=True)
class NoTeam:
    """What stands where a team does and is none; `meant` is the team that it resembles."""

    said: str
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    """A text as it was read. Nothing is paged while something in it is unclear."""

    needs: tuple[Need, ...] = ()
    unclear: NoTeam | None = None


def needs_in(text: str, names: Mapping[str, TeamKey]) -> Needs:
    """Read a text; `names` are all names of teams in small letters, with their keys."""
    known = {_folded(name): key for name, key in names.items()}
    needs: list[Need] = []
    for line in filter(says, text.splitlines()):
        read = _line(line.strip(), known)
        if isinstance(read, NoTeam):
            return Needs(unclear=read)
        if says(read.text):
            needs.append(read)
    return Needs(tuple(needs))


def _line(line: str, names: Mapping[str, TeamKey]) -> Need | NoTeam:
    found = _IN_FRONT.match(line)
    if found is None:
        return Need(line)
    said = [one.strip(_MARKS) for one in _BETWEEN.split(found[1])]
    teams = [names.get(_folded(one)) for one in said]
    if None not in teams:
        return Need(found[2].strip(), tuple(dict.fromkeys(filter(None, teams))))
    wrong = said[teams.index(None)]
    meant = next((name for name in names if mistyped(_folded(wrong), name)), "")
    if meant or any(teams):
        return NoTeam(wrong, meant)
    return Need(line)


def _folded(name: str) -> str:
    return _JOINTS.sub(" ", name).strip().lower()


def needed_of(needs: Iterable[Need], team: str) -> str:
    """Return what a team reads, or a person by the key of their run: the lines for all and its own,
    as they were written."""
    return "\n".join(need.text for need in needs if not need.teams or team in need.teams)


def named(needs: Iterable[Need]) -> Sequence[TeamKey]:
    """Return the teams that lines are for."""
    return tuple(dict.fromkeys(team for need in needs for team in need.teams))
