"""What people wrote, as it may be stored: trimmed, and no longer than there is room for."""

from bot.domain.errors import BadInput
from bot.domain.problems.texts import NoText, TextTooLong, Written
from bot.domain.text.showing import says

LONGEST_TEXT = 3_000
"""What an input of a form takes; a command could bring a hundred times as much."""


def checked_text(
    field: str,
    text: str,
    *,
    needed: bool = True,
    longest: int = LONGEST_TEXT,
    of: Written = "note",
) -> str:
    """Return the text as it may be stored; raises BadInput when it is empty or too long.

    `of`: what it is the text of.
    """
    cleaned = text.strip() if says(text) else ""
    if needed and not cleaned:
        raise BadInput(field, NoText(of))
    if len(cleaned) > longest:
        raise BadInput(field, TextTooLong(len(cleaned), longest))
    return cleaned
