"""What stands behind `/escalate`, before it is known who asks."""

from dataclasses import dataclass

from handlers.commands.verb import Verb


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands behind `/escalate`. `verb` is None where there is none, or no such one; `said` is
    the word as it was typed, with all behind it; `asked`: a question mark stands before `words`.
    """

    verb: Verb | None
    word: str
    words: str
    named: str | None
    said: str = ""
    asked: bool = False
