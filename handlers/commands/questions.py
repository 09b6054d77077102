"""Questions are not commands: `close?`, `severity p0?`, `decline ESC-5 spam?` change nothing."""

import re

from bot.domain.errors import Unclear
from bot.domain.ids import reference
from bot.domain.problems.commands import PerhapsAQuestion
from handlers.commands.misplaced import in_full
from handlers.commands.verb import Ask, Asking, Behind, Verb
from handlers.typed.words import asked, plain, reference_first_if_any
from handlers.unclear.for_later import MUST_SAY, without_doubt

_MARKS = re.compile(r"\s*[?\uff1f]+")
_AT_THE_END = re.compile(r"\s*[?\uff1f][?!\uff1f\s.*_~)\]]*$")
_NUMBER = re.compile(r"(?<![0-9])0*([0-9]{1,9})(?![0-9])")
_LEVEL = re.compile(r"^((?:[0-9]+\s+)?p[0-3])(?!\w)[\s:]+(?=\S)", re.IGNORECASE)
"""A severity with a reason after it. A colon marks the beginning of the reason."""
_ONLY_ONE = re.compile(r"(?:#\S+|(?:esc\W*|#)?[0-9]+)\W*", re.IGNORECASE)
"""An escalation alone, with no person or team that a text could be for."""
_BEGUN = re.compile(r"^[?\uff1f\s]+")


def refuse_question(ask: Ask, verb: Verb, rest: str, *, before: bool = False) -> None:
    """Raise Unclear if a question mark precedes `rest` or ends the words that decide.

    The answer offers the command without the question mark; a colon marks where its text begins.
    `before` means that a question mark stands before the words.
    """
    if verb.asking is Asking.TEXT:
        return
    at_the_end = verb.asking is Asking.DECIDES and _AT_THE_END.search(ask.text) is not None
    in_front = asked(ask.words, rest)
    if not (before or in_front or at_the_end):
        return
    problem = PerhapsAQuestion()
    words = ask.words.strip()
    names = _MARKS.sub("", plain(words[: len(words) - len(rest)]))
    text = without_doubt(_AT_THE_END.sub("", _BEGUN.sub("", plain(rest))))
    said = ": ".join(part for part in (names, text) if part)
    if verb.behind is Behind.NUMBERS:
        said = _LEVEL.sub(r"\1: ", said)
    if names and not text and not _ONLY_ONE.fullmatch(names):
        said = f"{names} {MUST_SAY.get(verb.name, '')}".strip()
    if verb.behind is Behind.REFERENCES:
        raise Unclear(problem, _pair(ask, verb, said))
    if not verb.about_incident and reference_first_if_any(said):
        said = ""
    commands = [in_full(verb, ask.named, said)]
    if verb.behind is Behind.NOTHING and verb.about_incident:
        # `ack` alone is about all waiting pages, wherever it is copied to.
        commands = [one.replace(" [ESC-n]", " ESC-n") for one in commands]
    if verb.about_incident:
        commands.append(f"show {ask.named or reference_first_if_any(said) or 'ESC-n'}")
    raise Unclear(problem, tuple(commands))


def _pair(ask: Ask, verb: Verb, said: str) -> tuple[str, ...]:
    """Return the escalation that ends and its original: the first two named, or this channel's."""
    named = [ask.named] if ask.named else []
    named += [reference(int(found[1])) for found in _NUMBER.finditer(said)]
    if not named:
        return (f"{verb.name} ESC-n of ESC-m", "show ESC-n")
    ending, original = named[:2] if len(named) > 1 else ("ESC-n", named[0])
    return (f"{verb.name} {ending} of {original}", f"show {original}")
