"""Reads the text after `/escalate`, before the person is identified."""

from dataclasses import dataclass

from bot.domain.controls import COMMAND
from handlers.commands.verb import Verb
from handlers.typed.words import asked, first_word, plain, reference_first, unlinked
from handlers.unclear.meant import means_severity
from handlers.verbs import BY_WORD
from handlers.verbs.looking_up import SHOW


@dataclass(frozen=True, slots=True)
class Typed:
    """The text after `/escalate`.

    `verb` is None if there is no verb or an unknown one. `said` is the word as typed, and all text
    after it. `asked`: a question mark precedes `words`. If lines matter, `words` on a line below
    the verb's line begin with a line break.
    """

    verb: Verb | None
    word: str
    words: str
    named: str | None
    said: str = ""
    asked: bool = False


def read(text: str) -> Typed:
    """Find the verb. `ESC-12` may precede it, and alone it means `show`.

    Raises BadInput for words that only look like a reference.
    """
    whole = unlinked(text.strip()).removeprefix(COMMAND)
    named, rest = reference_first(whole)
    word, words = first_word(rest)
    if named and not word:
        return Typed(SHOW, "", "", named)
    verb = None if means_severity(rest) else BY_WORD.get(word.lower())
    if verb is not None and verb.lines and "\n" in _before(rest, words):
        words = f"\n{words}"
    return Typed(verb, plain(word), words, named, rest, asked(whole, words))


def _before(text: str, rest: str) -> str:
    text = text.strip()
    return text[: len(text) - len(rest)]
