"""Finds out which escalation a command is about.

Words that look like a reference but cannot be taken as one are refused. They never fall back to the
escalation in whose channel the command was typed, and never to all escalations.
"""

import re
from dataclasses import replace

from bot.domain.errors import NotFound, Unclear
from bot.domain.ids import reference
from bot.domain.problems.commands import (
    FirstOfAList,
    NotAboutOne,
    NoTextTaken,
    NumbersOfAList,
    PartOfTheReason,
    SeveralEscalations,
)
from bot.domain.text.showing import says
from bot.services.incidents import references
from handlers.commands.misplaced import (
    TEXT,
    counts,
    in_full,
    refuse_foreign_channel,
    refuse_lookalike,
    refuse_misplaced,
    refuse_split,
)
from handlers.commands.questions import refuse_question
from handlers.commands.second import refuse_numbers, refuse_second
from handlers.commands.verb import Ask, Behind, Verb
from handlers.typed.normal import normal
from handlers.typed.words import first_word, number_first, plain, reference_first, reference_in

_AND = re.compile(r"(?:(?:and|or|plus)\s+|[&+,/;]\s*)", re.IGNORECASE)
_ITEM = re.compile(r"(?:^|\s)\(?([0-9]{1,2})[.)]\s+")
_A_NUMBER_IS_ONE = frozenset({Behind.NOTHING, Behind.NAMES})


async def about(ask: Ask, verb: Verb) -> Ask:
    """Read the reference before or behind the verb. Raises Unclear if there are two."""
    named = await known(ask, ask.named) if ask.named else None
    if not verb.about_incident:
        if named is not None:
            problem = NotAboutOne(verb.name, named)
            raise Unclear(problem, (f"{verb.name} {ask.text}".strip(), f"show {named}"))
        if verb.behind is Behind.NOTHING and ask.text:
            raise Unclear(_no_text(ask, verb), (verb.name,))
        return ask
    ask = replace(ask, named=named)
    if verb.behind is Behind.NAMES:
        _refuse_numbered(ask, verb)
    if verb.behind is Behind.REFERENCES:
        return ask
    ask = await _in_front(ask, verb)
    if verb.behind is Behind.NOTHING and ask.text:
        raise _left_over(ask, verb)
    return ask


def _refuse_numbered(ask: Ask, verb: Verb) -> None:
    """Raise Unclear for `page 1. legal 2. pr`. The numbers count a list and name no escalation."""
    before, *items = _ITEM.split(ask.text)
    if items[0:2:2] == ["1"] and not items[2:] and not before.strip() and ask.named is None:
        name, text = reference(1), items[1].strip()
        problem = FirstOfAList("1", name)
        raise Unclear(problem, (f"{verb.name} {name} {text}", f"{verb.name} ESC-n {text}"))
    if items[0:3:2] != ["1", "2"] or (before.strip() and reference_first(before)[1]):
        return
    names = ", ".join(item.strip(" ,;") for item in items[1::2])
    of = before.strip() or ask.named or "ESC-n"
    raise Unclear(NumbersOfAList(), (f"{verb.name} {of} {names}",))


async def _in_front(ask: Ask, verb: Verb) -> Ask:
    names = [ask.named] if ask.named else []
    words = ask.words
    while True:
        name, rest = await _one(ask, verb, words, is_first=not names)
        if name is None:
            break
        if not names and not name.startswith("<"):
            await refuse_split(ask, verb, name, rest)
        names.append(name)
        words = rest
    different = list(dict.fromkeys(names))
    if different:
        refuse_question(replace(ask, named=None), verb, words)
    if len(different) > 1:
        commands = (f"{verb.name} {name} {plain(words)}".strip() for name in different)
        raise Unclear(SeveralEscalations(tuple(different)), tuple(commands))
    if len(different) == 1 and verb.behind in TEXT:
        await refuse_second(replace(ask, named=different[0]), verb, "", ask.said, words)
    if not different:
        if verb.behind is Behind.WORDS:
            await refuse_numbers(ask, verb)
        await refuse_lookalike(ask, verb)
        if verb.behind in TEXT:
            await refuse_misplaced(ask, verb.name, ask.text, behind=verb.behind)
    return replace(ask, named=different[0] if different else None, words=words)


async def _one(ask: Ask, verb: Verb, words: str, *, is_first: bool) -> tuple[str | None, str]:
    """Split off one reference. After the first one, a word such as `and` may join the next."""
    if not is_first:
        line = normal(words)
        joining = _AND.match(line.norm)
        after = line.behind(joining.end()) if joining else words
        name, rest = reference_first(after)
    else:
        name, rest = reference_first(words)
        if name is None:
            name, rest = _number(ask, verb, words)
    if name is None:
        return None, words
    reference = await _of_channel(ask, name)
    if reference is None and not is_first:
        return None, words
    if reference is None and verb.behind in TEXT:
        await refuse_foreign_channel(ask, verb, name, rest)
    return reference or await known(ask, name), rest


def _number(ask: Ask, verb: Verb, words: str) -> tuple[str | None, str]:
    name, rest = number_first(words)
    if name is None or verb.behind in _A_NUMBER_IS_ONE or not rest:
        return (None, words) if verb.behind is Behind.NUMBERS else (name, rest)
    if verb.behind is Behind.REASON and not counts(rest):
        text, behind = plain(words), plain(rest)
        first = f"{name}:" if behind[:1].isdigit() else name
        raise Unclear(
            PartOfTheReason(first_word(words)[0], name),
            (f"{verb.name} {first} {behind}", f"{verb.name} {ask.named or 'ESC-n'}: {text}"),
        )
    return None, words


async def known(ask: Ask, named: str) -> str:
    """Return a reference. Raises NotFound for a channel that belongs to no escalation."""
    reference = await _of_channel(ask, named)
    if reference is None:
        raise NotFound("incident", plain(named))
    return reference


async def _of_channel(ask: Ask, named: str) -> str | None:
    if not named.startswith("<#"):
        return named
    channel = named.strip("<#>").partition("|")[0]
    return await ask.read(references.in_channel, ask.act, channel)


def _left_over(ask: Ask, verb: Verb) -> Unclear:
    """Offer the commands that work: the verb alone, and a note with the text."""
    line = normal(ask.words)
    joining = _AND.match(line.norm)
    number, behind = number_first(line.behind(joining.end()) if joining else ask.words)
    other = number if not behind else reference_in(ask.words)
    if ask.named is None and other:
        return Unclear(_no_text(ask, verb), (f"{verb.name} {other}",))
    of = ask.named or "ESC-n"
    alone = in_full(verb, ask.named, "") if len(ask.text.split()) == 1 else f"{verb.name} {of}"
    commands = [alone, f"{verb.name} {other}" if other else ""]
    if says(ask.text) and (number is None or behind):
        commands.append(f"note {of} {ask.text if ask.named else plain(ask.said)}")
    return Unclear(_no_text(ask, verb), tuple(one for one in commands if one))


def _no_text(ask: Ask, verb: Verb) -> NoTextTaken:
    return NoTextTaken(verb.name, ask.text[:80])
