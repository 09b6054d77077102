"""A second command after the first: `status triaged and page legal` would page no one."""

import re
from contextlib import suppress

from bot.domain.errors import BadInput, NotFound, Unclear
from bot.domain.problems.commands import SecondCommand
from handlers.commands.fitting import fits
from handlers.commands.misplaced import in_full
from handlers.commands.verb import Ask, Behind, Verb
from handlers.typed.line import read
from handlers.typed.normal import normal
from handlers.typed.severities import severity_first
from handlers.typed.targets import targets_first
from handlers.typed.words import between, colon_before, plain, state_first
from handlers.verbs.lifecycle_verbs import SEVERITY, STATUS
from handlers.verbs.paging_verbs import PAGE

_AND = re.compile(r"(?:(?:and|then|plus|also|&|\+)\s+)+", re.IGNORECASE)
_SIGNS = frozenset(",;&+")


def refuse_another_deed(ask: Ask, verb: Verb) -> None:
    """Raise Unclear if the text after a verb's arguments is itself a command.

    A colon marks the beginning of the text.
    """
    said, rest = _given(ask, verb)
    if not plain(rest) or colon_before(ask.words, rest):
        return
    line = normal(rest)
    joining = _AND.match(line.norm)
    if joining is None and not _SIGNS & set(between(ask.words, rest)):
        return
    second = _command(ask, line.behind(joining.end()) if joining else rest, joined=bool(joining))
    if second is None:
        return
    of, text = ask.named or "ESC-n", plain(rest)
    commands = (f"{verb.name} {of} {said}", second)
    raise Unclear(SecondCommand(text[:80]), commands, no_report=True)


def _given(ask: Ask, verb: Verb) -> tuple[str, str]:
    """Return the words between the verb and its text, as typed in a command, and the text."""
    with suppress(BadInput, NotFound):
        if verb is STATUS:
            state, rest = state_first(ask.words)
            return state.key, rest
        if verb is SEVERITY:
            first = severity_first(ask.policy, ask.words)
            return first.severity.lower(), first.rest
        if verb is PAGE and ask.words:
            targets, rest = targets_first(ask, verb)
            return ", ".join(target.said for target in targets), rest
    return "", ""


def _command(ask: Ask, text: str, *, joined: bool) -> str | None:
    """Return the text as a command about the same escalation. A word or a sign joins it."""
    with suppress(BadInput):
        typed = read(text)
        verb = typed.verb
        if verb is None or typed.named or not verb.about_incident or not _takes(verb, typed.words):
            return None
        if verb.behind in (Behind.NAMES, Behind.NUMBERS):
            joined = bool(typed.words) and fits(ask.policy, verb, typed.words)
        return in_full(verb, ask.named, plain(typed.words)) if joined else None
    return None


def _takes(verb: Verb, words: str) -> bool:
    return not words or verb.behind is not Behind.NOTHING
