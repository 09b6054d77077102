"""A command whose escalation is not in its place: at the end, or a number before the text.

`note they called ESC-5` names an escalation. The command is refused, and the answer offers it with
the reference in front.
"""

import re

from bot.domain.errors import BadInput, Misread, Unclear
from bot.domain.ids import parse_reference
from bot.domain.problems.names import ReferenceGoesFirst
from bot.services.incidents import references
from handlers.commands.misplaced import counts
from handlers.commands.verb import Ask, Behind, Verb
from handlers.typed.normal import normal
from handlers.typed.words import number_first, plain, reference_first_if_any, reference_in

_LAST = re.compile(
    r"(?:^|[\s,;:(\[-])((?:esc(?:alation)?[-\s_#:]{0,3}|#)[0-9]{1,9})\W*$", re.IGNORECASE
)
_LINKING = re.compile(
    r"(?:\s+(?:for|on|in|re|about|regarding|at|of|to))*[\s,;:(\[-]*$", re.IGNORECASE
)


async def in_its_place(ask: Ask, verb: Verb, error: Misread) -> Misread:
    """Return the refusal. If it only asks which escalation is meant, the command is added."""
    if not isinstance(error, BadInput) or error.field_name != "incident" or error.example:
        return error
    named, text = await _named(ask, verb)
    if named is None:
        return error
    command = f"{verb.name} {named} {text}".strip()
    return Unclear(ReferenceGoesFirst(named), (command,), no_report=True)


async def _named(ask: Ask, verb: Verb) -> tuple[str | None, str]:
    if verb.behind in (Behind.WORDS, Behind.REASON):
        number, rest = number_first(ask.words)
        if number is not None and not counts(rest):
            return await ask.read(references.numbered, ask.act, parse_reference(number)), plain(
                rest
            )
    norm = normal(ask.words).norm
    found = _LAST.search(norm)
    named = reference_first_if_any(found[1]) if found else None
    if found is None or named is None or reference_in(norm[: found.start()]):
        return None, ""
    text = ask.text
    end = text.lower().rfind(found[1].lower())
    return named, _LINKING.sub("", text[:end]) if end >= 0 else text
