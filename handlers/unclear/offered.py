"""Checks each offered command with the guards of its verb, as if the person had typed it.

A person who mistypes a verb may name an escalation after it. The offered command must not put
another one before that: `upadte 46: all good` is refused as `update 46: all good` is.
"""

import html
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.errors import NotFound, Unclear
from handlers.commands.about import about
from handlers.commands.misplaced import named_behind
from handlers.commands.verb import Ask, Behind, Verb
from handlers.typed.words import first_word, plain
from handlers.verbs import BY_WORD

_HERE = ("ESC-n", "[ESC-n]")
_NAMES = frozenset({Behind.NAMES, Behind.NUMBERS})
_MOST_NAMES = 2
"""In words. A name can be this long before an escalation: `page public policy 46 …`."""


async def guarded(ask: Ask, commands: Sequence[str]) -> tuple[str, ...]:
    """Return the commands. One without an escalation becomes one for each that it may mean."""
    meant = [one for command in commands for one in await _meant(ask, command)]
    return tuple(dict.fromkeys(meant))


async def _meant(ask: Ask, command: str) -> Sequence[str]:
    word, _, behind = command.partition(" ")
    of, _, text = behind.partition(" ")
    verb = BY_WORD.get(word)
    if verb is None or not verb.about_incident or of not in _HERE or not text:
        return (command,)
    words = html.escape(text, quote=False)
    typed = replace(ask, named=None, words=words, said=f"{verb.name} {words}")
    try:
        read = await about(typed, verb)
    except Unclear as error:
        return error.commands or (command,)
    except NotFound:
        return (command,)
    if read.named:
        return (f"{verb.name} {read.named} {read.text}".strip(),)
    named = await _within(typed, verb)
    return (f"{verb.name} {named[0]} {named[1]}".strip(), command) if named else (command,)


async def _within(ask: Ask, verb: Verb) -> tuple[str, str] | None:
    """Return the escalation of a number in front of a text, or of one after a name."""
    if verb.behind is Behind.WORDS:
        name, rest = await named_behind(ask, ask.words, Behind.REASON)
        return (name, plain(rest)) if name else None
    said, rest = "", ask.words
    for _ in range(_MOST_NAMES if verb.behind in _NAMES and verb.needs_incident else 0):
        word, rest = first_word(rest)
        said = f"{said} {plain(word)}".strip()
        name, text = await named_behind(ask, rest, verb.behind)
        if name:
            return name, f"{said}: {plain(text)}" if plain(text) else said
    return None
