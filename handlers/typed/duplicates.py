"""Which escalation ends, and which one is the original: `A of B`, `A B`, `of B` or `B`."""

import re
from dataclasses import dataclass

from bot.domain.errors import BadInput, Unclear
from bot.domain.ids import parse_reference, reference
from bot.domain.problems.commands import (
    DuplicateOfWhich,
    DuplicateTakesOne,
    OnlyTheOriginal,
    WhichOriginal,
)
from handlers.typed.normal import normal

_CHANNEL = "<#[A-Z0-9]+>"
_MARKED = r"(?:esc(?:alation)?[-\s_#:]{0,3}|#\s?(?:esc[-_]?)?)0*[0-9]{1,9}(?![0-9])"
_ONE = rf"(?:{_CHANNEL}|{_MARKED}|0*[0-9]{{1,9}})"
_OF = r"(?:is\s+)?(?:(?:an?|the)\s+)?(?:(?:duplicate|dupe|dup)\s+)?of\s+(?:the\s+)?"
_FORM = re.compile(
    rf"(?:(?P<ending>{_ONE})(?:[-.,:;!]*\s+{_OF}|\s+)|{_OF})?(?P<original>{_ONE})[.,:;!\s]*",
    re.IGNORECASE,
)
_ENDS_FIRST = re.compile(rf"{_MARKED}[-.,:;!]*\s+{_OF}", re.IGNORECASE)
"""`ESC-5 of the other one`: the one before `of` ends, though no original is named."""
_NAMED = re.compile(rf"{_CHANNEL}|{_MARKED}", re.IGNORECASE)
"""Takes in a channel whole: its ID may contain what looks like a reference."""


@dataclass(frozen=True, slots=True)
class Pair:
    """References or channels as typed. If `ending` is None, the channel's own escalation ends."""

    ending: str | None
    original: str


def pair(words: str) -> Pair | None:
    """Read the whole text. None if it has another form, since the bot does not guess."""
    found = _FORM.fullmatch(normal(words).norm.strip())
    if found is None:
        return None
    ending = found["ending"]
    return Pair(_name(ending) if ending else None, _name(found["original"]))


def original_alone(words: str) -> str:
    """Read the original's reference in a form's field. Raises BadInput for anything else."""
    found = pair(words)
    if found is None or found.ending is not None:
        raise BadInput("incident", OnlyTheOriginal(), reference(12))
    return found.original


def not_clear(words: str, named: str | None) -> Unclear:
    """Offer commands for the pairs that the references in the text allow."""
    found = [_name(one[0]) for one in _NAMED.finditer(normal(words).norm) if one[0][0] != "<"]
    said = list(dict.fromkeys([*([named] if named else []), *found]))
    if len(said) > 1:
        pairs = [(one, other) for one in said[:3] for other in said[:3] if one != other]
        commands = tuple(f"duplicate {one} of {other}" for one, other in pairs)
        return Unclear(WhichOriginal(tuple(said)), commands)
    if named:
        command = f"duplicate {named} of ESC-m"
    elif _ENDS_FIRST.match(normal(words).norm):
        command = f"duplicate {said[0]} of ESC-m"
    else:
        command = f"duplicate ESC-n of {said[0] if said else 'ESC-m'}"
    if not words.strip():
        return Unclear(DuplicateOfWhich(), (command,))
    return Unclear(DuplicateTakesOne(), (command,))


def _name(said: str) -> str:
    digits = re.search(r"[0-9]+$", said)
    return said if said.startswith("<") or digits is None else reference(parse_reference(digits[0]))
