"""A team or a person that is named in a text as in a list, but was not read as a target."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.policy import Policy
from handlers.typed.normal import Line
from handlers.typed.words import ENDS, plain, team_names

_SIGN = r"(?P<sign>[,;&+/|\\])\s*(?:(?:and|or|then|also|with|plus)\s+)*"
_WORD = r"(?<!\w)(?P<word>and|or|then|also|with|plus|und|et|y|as\s+well\s+as)\s+"
_TOO = re.compile(r"\W*(?:too|also|as\s+well)(?!\w)", re.IGNORECASE)
_NOTHING_OF_IT = re.compile(
    r"\s*(?:$|[-.,;:!?/|=&+]|(?:too|also|as\s+well|please|pls|now|asap|today|and|or|they|we)(?!\w))",
    re.IGNORECASE,
)
_PART_OF_A_SENTENCE = re.compile(
    r"(?<!\w)(?:to|of|by|for|from|with|against|on|at|about|the|a|an|in|our|their|is|are|as)\s+$",
    re.IGNORECASE,
)
_NEAR = 3
"""In words after the targets. Up to here a name belongs to the list, not to a sentence."""


@dataclass(frozen=True, slots=True)
class OneMore:
    """The name as a command has it, and the text that is left."""

    said: str
    rest: str


def one_more(policy: Policy, line: Line, end: int, taken: Sequence[str]) -> OneMore | None:
    """Find the first name that is not among the `taken`. None if the text has no such name."""
    people = "|".join(map(re.escape, sorted(policy.people, key=len, reverse=True))) or "(?!)"
    named = (
        rf"(?P<user><@[A-Z0-9]+>)|@?(?<!\w)(?P<team>{team_names(policy)}){ENDS}"
        rf"|@?(?<!\w)(?P<person>{people}){ENDS}"
    )
    pattern = re.compile(rf"(?:{_SIGN}|{_WORD}|(?<=\s))(?:{named})", re.IGNORECASE)
    for found in pattern.finditer(line.norm, end):
        said = _said(policy, line, found)
        if said not in taken and _as_in_a_list(line.norm, end, found):
            begins = not line.norm[end : found.start()].strip()
            return OneMore(said, line.behind(found.end() if begins else end))
    return None


def _said(policy: Policy, line: Line, found: re.Match[str]) -> str:
    if found["team"]:
        return str(policy.team(found["team"]).key)
    if found["person"]:
        return f"@{found['person'].lower()}"
    return plain(line.raw[line.starts[found.start("user")] : line.ends[found.end("user") - 1]])


def _as_in_a_list(norm: str, end: int, found: re.Match[str]) -> bool:
    before = norm[end : found.start()]
    words = len(before.split())
    alone = _NOTHING_OF_IT.match(norm, found.end()) is not None
    if found["sign"]:
        return alone or (words <= _NEAR and not found["person"])
    if found["word"]:
        in_front = (words <= 1 and alone) or not (words or found["person"])
        return in_front or _TOO.match(norm, found.end()) is not None
    return words <= _NEAR and alone and not _PART_OF_A_SENTENCE.search(before + " ")
