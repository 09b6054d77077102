"""Reads the escalation in `edit title of ESC-5 to …`, and the references in a list."""

import re
from dataclasses import replace

from bot.domain.access.rights import Deed
from bot.domain.errors import Unclear
from bot.domain.ids import parse_reference
from bot.domain.problems.commands import EditsTwo, EditsWhich, EmptyList, WholeList
from bot.services.incidents import references
from handlers.commands.misplaced import counts, naming_here
from handlers.commands.verb import Ask
from handlers.typed.normal import normal
from handlers.typed.words import (
    colon_before,
    first_word,
    number_first,
    plain,
    reference_first,
    reference_first_if_any,
)

FIELDS = ("title", "category", "references", "reference", "needs", "restricted")
_FIELD = re.compile("|".join(FIELDS), re.IGNORECASE)
_OF = re.compile(r"(?:of|for|in|on)\s+", re.IGNORECASE)
_TO = re.compile(r"(?:to|as|into|=)\s+(?=\S)", re.IGNORECASE)
_SECOND = re.compile(
    r"(?:\s*[,;/&|]\s*(?:and\s+)?|\s+and\s+)(?P<of>(?:esc(?:alation)?[-\s_#]{0,3}|#)[0-9]{1,9})[:,]?\s+"
    rf"(?P<field>{_FIELD.pattern})(?!\w)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;]+")
_ADD, _REMOVE, _NONE = ("add", "+", "plus", "append"), ("remove", "-", "minus", "delete"), "none"
_NO_REFERENCE = frozenset(
    {*_ADD, *_REMOVE, _NONE, "clear", "empty", "all", "and", "with", "to", "of"}
)


async def of_which(ask: Ask) -> Ask:
    """Read the escalation before or after the field, and drop `to` before the value.

    Raises Unclear if the reference may be part of the value. A colon after the field marks the
    beginning of the value.
    """
    ask = await _in_front(ask)
    field, rest = first_word(ask.words)
    name = plain(field).rstrip(":").lower()
    if not _FIELD.fullmatch(name) or colon_before(ask.words, rest):
        return ask
    line = normal(rest)
    of = _OF.match(line.norm)
    behind = line.behind(of.end()) if of else rest
    found, value = await _named(ask, behind)
    to = _TO.match(normal(value if found else rest).norm)
    if found is None:
        return replace(ask, words=f"{name} {_without_to(rest)}") if to else ask
    takes_words = name == "title" or not of
    sure = (of and (to or colon_before(behind, value))) or not takes_words
    sure = sure or name in ("category", "restricted")
    value = _without_to(value)
    if ask.named not in (None, found) or not (sure or ask.named == found):
        here = ask.named or await naming_here(ask) or "ESC-n"
        raise Unclear(
            EditsWhich(found),
            (
                f"edit {found} {name} {plain(value)}".strip(),
                f"edit {here} {name}: {plain(rest)}",
            ),
            no_report=True,
        )
    return replace(ask, named=found, words=f"{name} {value}".strip())


def refuse_two(ask: Ask) -> None:
    """Raise Unclear for `title X, ESC-6 title Y`: the second edit is not part of the value.

    A colon after the field marks the beginning of the value.
    """
    field, rest = first_word(ask.words)
    if colon_before(ask.words, rest):
        return
    line = normal(ask.words)
    found = _SECOND.search(line.norm)
    named = reference_first_if_any(line.norm[found.start("of") :]) if found else None
    if found is None or named in (None, ask.named):
        return
    of = ask.named or "ESC-n"
    first = plain(line.raw[: line.starts[found.start()]]).rstrip(" ,;/&|")
    second = plain(line.raw[line.starts[found.start("field")] :])
    raise Unclear(
        EditsTwo(named),
        (
            f"edit {of} {first}",
            f"edit {named} {second}",
            f"edit {of} {plain(field).rstrip(':').lower()}: {plain(rest)}",
        ),
        no_report=True,
    )


async def _in_front(ask: Ask) -> Ask:
    """Read `edit 5 title …`: a number before a field is an escalation."""
    number, rest = number_first(ask.words)
    is_one = number is not None and _FIELD.fullmatch(first_word(rest)[0].rstrip(":"))
    return replace(ask, named=number, words=rest) if is_one and ask.named is None else ask


async def _named(ask: Ask, text: str) -> tuple[str | None, str]:
    """Read a reference, or an existing escalation's number unless the number counts something."""
    number, rest = number_first(text)
    if number is not None:
        there = await ask.read(references.numbered, ask.act, parse_reference(number))
        return (number, rest) if there and not counts(rest) else (None, text)
    named = reference_first_if_any(text)
    if named is None:
        return None, text
    return named, reference_first(text)[1]


def _without_to(value: str) -> str:
    line = normal(value)
    to = _TO.match(line.norm)
    return line.behind(to.end()) if to else value


def listed(said: str) -> list[str]:
    """Return the references in a list. Commas, semicolons and spaces separate them."""
    return [one for one in _BETWEEN.split(said) if one]


async def refuse_a_part(ask: Ask) -> None:
    """Raise Unclear for `references add 7125` and the like, and offer the whole list."""
    said = listed(plain(first_word(ask.words)[1]))
    if not said:
        return
    first, rest = said[0].lower(), said[1:]
    for sign in "+-":
        if first.startswith(sign) and first != sign:
            first, rest = sign, [said[0][1:], *rest]
    if first not in _NO_REFERENCE and not _NO_REFERENCE & {one.lower() for one in said}:
        return
    head = await ask.head(Deed.CORRECT)
    named = [one.lstrip("+") for one in rest if one.lower() not in _NO_REFERENCE]
    now = list(head.references)
    if first in _REMOVE:
        kept = [one for one in now if one not in named]
    elif first in _ADD:
        kept = [*now, *(one for one in named if one not in now)]
    else:
        kept = [one for one in said if one.lower() not in _NO_REFERENCE]
    of = f"edit {head.reference}"
    commands = (f"{of} references {' '.join(kept)}",) if kept else (of,)
    raise Unclear(WholeList() if kept else EmptyList(), commands, no_report=True)
