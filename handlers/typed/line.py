"""What stands behind `/escalate`, before it is known who asks."""

from dataclasses import dataclass

from bot.domain.controls import COMMAND
from handlers.commands.verb import Verb
from handlers.typed.words import asked, first_word, plain, reference_first, unlinked
from handlers.unclear.meant import means_severity
from handlers.verbs import BY_WORD
from handlers.verbs.looking_up import SHOW


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands behind `/escalate`. `verb` is None where there is none, or no such one; `said` is
    the word as it was typed, with all behind it; `asked`: a question mark stands before `words`.
    Where lines matter, `words` on a line below the verb's begin with a line break.
    """

    verb: Verb | None
    word: str
    words: str
    named: str | None
    said: str = ""
    asked: bool = False


def read(text: str) -> Typed:
    """Find the verb; `ESC-12` may stand before it, and alone means `show`.

    Raises BadInput for what looks like a reference and is none.
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
