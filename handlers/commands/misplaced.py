"""Refuses words that may name an escalation but could not be taken as its name.

The answer offers commands to copy. The words never fall back to the escalation in whose channel the
command was typed.
"""

import re
from collections.abc import Sequence

from bot.domain.errors import NotFound, Unclear
from bot.domain.ids import parse_reference
from bot.domain.problems import Problem
from bot.domain.problems.commands import AboutWhich, PerhapsThis, TextNames
from bot.domain.problems.names import (
    ACodename,
    ChannelOfAnother,
    LikeAReference,
    NotAChannelOfOurs,
    WithoutItsPrefix,
)
from bot.domain.text.dashes import DASH_IN_FRONT
from bot.services.incidents import references
from handlers.commands.lookalikes import Lookalike, lookalike_first
from handlers.commands.verb import Ask, Behind, Verb
from handlers.typed.normal import normal
from handlers.typed.words import (
    SIGNS,
    behind_linking,
    between,
    colon_before,
    first_word,
    number_first,
    plain,
    reference_ahead,
    reference_first_if_any,
    reference_in,
)

_COUNTED = re.compile(
    r"(?:[^\W\d_]+[\s-]+)?(?!(?:is|was|has|this|us|its|as|needs|says|asks|looks|wants|does)\b)"
    r"(?:[^\W\d_]{2,}s|people|children|men|women|(?:of|out)\s+\w+"
    r"|min|minute|second|hour|day|week|month|year|percent|million)\b|(?:[smhdk]|sec|hr|wk|am|pm)\b",
    re.IGNORECASE,
)
"""Things that people count. Before one of them a number names no escalation: `12 new accounts`."""
_AT_THE_END = re.compile(
    r"\b(?:for|re|regarding|about)[:.]?\s+(\S+(?:\s[0-9]+)?)$|@\s?(\S+)$", re.IGNORECASE
)
_LEVEL = re.compile(r"p[0-3](?!\w)", re.IGNORECASE)
"""A severity. If it follows a number, the number names the escalation."""
TEXT = frozenset({Behind.WORDS, Behind.REASON})


async def refuse_lookalike(ask: Ask, verb: Verb) -> None:
    """Raise Unclear if the words begin with something that only looks like a reference."""
    found = lookalike_first(ask.words)
    if found is None or (verb.behind is Behind.NUMBERS and found.said[:1].isdigit()):
        return
    meant = await _meant(ask, found)
    if meant is None:
        return
    rest = DASH_IN_FRONT.sub("", plain(found.rest))
    commands = [f"{verb.name} {one} {rest}".strip() for one in meant]
    here = await naming_here(ask)
    if here and verb.behind in TEXT:
        begins = f"{here}:" if verb.behind is Behind.REASON else here
        commands.append(f"{verb.name} {begins} {ask.text}")
    raise Unclear(_problem(found, meant), tuple(commands))


def _problem(found: Lookalike, meant: list[str]) -> Problem:
    said = plain(found.said)[:80]
    if found.codename:
        return ACodename(said)
    if found.channel and meant:
        return ChannelOfAnother(said, meant[0])
    if found.channel:
        return NotAChannelOfOurs(f"#{found.channel}")
    if meant and said.isdigit():
        return WithoutItsPrefix(said, meant[0])
    return LikeAReference(said)


async def _meant(ask: Ask, found: Lookalike) -> list[str] | None:
    """Return the escalations that may be meant, or None if the words are text after all."""
    if found.codename:
        return await ask.read(references.by_codename, ask.act, found.codename) or None
    if found.channel:
        of = await ask.read(references.in_channel, ask.act, found.channel)
        is_link = not found.said.startswith("<#")
        if is_link and (of is None or of == await naming_here(ask)):
            return None
        return [of] if of else []
    of = await ask.read(references.numbered, ask.act, found.number) if found.number else None
    return [of] if of else []


async def naming_here(ask: Ask) -> str | None:
    """Return the escalation in whose channel the command was typed."""
    return await ask.read(references.in_channel, ask.act, ask.channel) if ask.channel else None


async def as_here(ask: Ask, commands: Sequence[str]) -> tuple[str, ...]:
    """Replace `ESC-n` in commands by the escalation in whose channel the person typed.

    Raises NotFound if every command is about an escalation that does not exist.
    """
    commands = await _there(ask, commands)
    if not any("ESC-n" in command for command in commands):
        return tuple(commands)
    here = await naming_here(ask)
    known = [one.replace(" [ESC-n]", f" {here}" if here else "", 1) for one in commands]
    return tuple(one.replace("ESC-n", here or "ESC-n", 1) for one in known)


async def _there(ask: Ask, commands: Sequence[str]) -> list[str]:
    """Drop commands that name an escalation after the verb if there is no such escalation."""
    kept, missing = [], None
    for command in commands:
        named = reference_first_if_any(first_word(command)[1])
        found = (
            await ask.read(references.numbered, ask.act, parse_reference(named)) if named else ""
        )
        if found is not None:
            kept.append(command)
        else:
            missing = named
    if missing and not kept:
        raise NotFound("incident", missing)
    return kept


def in_full(verb: Verb, named: str | None, text: str) -> str:
    """Return a command that names its escalation.

    The command must mean the same escalation when someone copies it to another channel. Without a
    reference, `[ESC-n]` is left out for a verb that also works without one.
    """
    of = "ESC-n" if verb.needs_incident else "[ESC-n]"
    if named:
        of = named
    elif (
        not verb.about_incident or verb.behind is Behind.REFERENCES or _begins_with_one(verb, text)
    ):
        of = ""
    only_names = not text or reference_first_if_any(text) == text
    must_say = verb.must_say if only_names else ""
    return " ".join(part for part in (verb.name, of, text, must_say) if part)


def _begins_with_one(verb: Verb, text: str) -> bool:
    number, rest = number_first(text)
    a_number_is_one = verb.behind in (Behind.NOTHING, Behind.NAMES) or not rest
    a_number_is_one |= verb.behind is Behind.NUMBERS and _LEVEL.match(normal(rest).norm) is not None
    return reference_first_if_any(text) is not None or (number is not None and a_number_is_one)


async def refuse_foreign_channel(ask: Ask, verb: Verb, mention: str, rest: str) -> None:
    """Raise Unclear for a text that begins with a channel that belongs to no escalation."""
    here = await naming_here(ask)
    commands = (f"{verb.name} {here} {plain(mention)} {plain(rest)}".strip(),) if here else ()
    raise Unclear(NotAChannelOfOurs(plain(mention)), commands)


async def refuse_misplaced(
    ask: Ask, verb: str, text: str, said: str = "", *, behind: Behind = Behind.NAMES
) -> None:
    """Raise Unclear if the text names an escalation in front and the command names no other.

    `said` is the words between the verb and the text.
    """
    name, rest = await named_behind(ask, text, behind) if not ask.named else (None, text)
    if name is None:
        return
    here = await naming_here(ask)
    commands = [(verb, name, said, plain(rest)), *([(verb, here, said, text)] if here else [])]
    raise Unclear(
        names_it(name, text),
        tuple(" ".join(part for part in command if part) for command in commands),
    )


def names_it(name: str, text: str) -> Problem:
    """Return the problem of a text that names an escalation, by its reference or a bare number."""
    if reference_in(text) == name:
        return TextNames(name)
    return PerhapsThis(str(parse_reference(name)), name)


async def named_behind(
    ask: Ask, text: str, behind: Behind = Behind.NAMES
) -> tuple[str | None, str]:
    """Return the escalation that a text names in front or at its end, and the rest of the text."""
    name, rest = reference_ahead(text)
    return (name, rest) if name else await _perhaps(ask, text, behind)


async def _perhaps(ask: Ask, text: str, behind: Behind) -> tuple[str | None, str]:
    """Return an existing escalation that the text may name, and the rest of the text.

    Its number, or words similar to its reference, may be in front or after `for`. At the end, its
    reference may follow `for`.
    """
    after = behind_linking(text)
    like = lookalike_first(after)
    number, rest = (like.number, like.rest) if like else (None, after)
    if number is None and behind is not Behind.WORDS:
        number, rest = _uncounted(after)
    if number is None and behind in (Behind.NAMES, Behind.NUMBERS):
        found = _AT_THE_END.search(normal(text).norm)
        named = reference_first_if_any(found[1] or found[2]) if found else None
        number, rest = (parse_reference(named), text) if named else (None, text)
    if number is None:
        return None, text
    return await ask.read(references.numbered, ask.act, number), rest


def _uncounted(text: str) -> tuple[int | None, str]:
    """Read a bare number in front, unless the next words are something that people count."""
    name, rest = number_first(text)
    if name is None or counts(rest):
        return None, text
    return parse_reference(name), rest


def counts(rest: str) -> bool:
    """Whether the words after a number are what it counts."""
    return _COUNTED.match(normal(rest).norm) is not None


async def refuse_split(ask: Ask, verb: Verb, name: str, rest: str) -> None:
    """Raise Unclear for `note ESC-5 4 call them` if ESC-54 exists.

    After a comma the number means another escalation: `note ESC-5, 4 call them`.
    """
    digits = re.match(r"([0-9]{1,2})(?=\s|$)", normal(rest).norm)
    if digits is None or _uncounted(rest)[0] is None:
        return
    if colon_before(ask.words, rest) or SIGNS & set(between(ask.words, rest)):
        return
    whole = parse_reference(f"{parse_reference(name)}{digits[1]}")
    other = await ask.read(references.numbered, ask.act, whole)
    if other is not None:
        behind = plain(number_first(rest)[1])
        second = await ask.read(references.numbered, ask.act, int(digits[1]))
        also = [second] if second and second != name else []
        problem = AboutWhich((name, *also, other))
        meant = [other, *also] if verb.behind in TEXT and not also else [other, name, *also]
        commands = [f"{verb.name} {one} {behind}".strip() for one in meant]
        if verb.behind in TEXT:
            commands.append(f"{verb.name} {name}: {plain(rest)}")
        raise Unclear(problem, tuple(commands))
