"""A question is not a command: `close?`, `severity p0?`, `decline ESC-5 spam?` change nothing."""

import re

from bot.domain.errors import Unclear
from handlers.commands.misplaced import in_full
from handlers.commands.verb import Ask, Asking, Verb
from handlers.commands.words import asked, plain, reference_first_if_any

_MARKS = re.compile(r"\s*[?\uff1f]+")
_AT_THE_END = re.compile(r"\s*[?\uff1f][?!\uff1f\s.*_~)\]]*$")
_BEGUN = re.compile(r"^[?\uff1f\s]+")


def refuse_question(ask: Ask, verb: Verb, rest: str, *, before: bool = False) -> None:
    """Raise Unclear where a question mark stands in front of the rest, or at the very end of what
    decides. The answer has the command without it; a colon says where its text begins.

    `before`: one stands in front of the words.
    """
    if verb.asking is Asking.TEXT:
        return
    at_the_end = verb.asking is Asking.DECIDES and _AT_THE_END.search(ask.text) is not None
    in_front = asked(ask.words, rest)
    if not (before or in_front or at_the_end):
        return
    words = ask.words.strip()
    names = _MARKS.sub("", plain(words[: len(words) - len(rest)]))
    text = _AT_THE_END.sub("", _BEGUN.sub("", plain(rest)))
    said = f"{names}: {text}" if names and text and in_front else f"{names} {text}".strip()
    commands = [in_full(verb, ask.named, said)]
    if verb.about_incident:
        commands.append(f"show {ask.named or reference_first_if_any(said) or 'ESC-n'}")
    raise Unclear(f"'{verb.name} …?' may be a question", tuple(commands))
