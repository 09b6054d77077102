"""Checks text that people wrote before it is stored: trimmed, and not too long."""

from bot.domain.errors import BadInput
from bot.domain.problems.texts import NoText, TextTooLong, Written
from bot.domain.text.showing import says

LONGEST_TEXT = 3_000
"""The limit of a form's input. A command could bring a hundred times as much."""


def checked_text(
    field: str,
    text: str,
    *,
    needed: bool = True,
    longest: int = LONGEST_TEXT,
    of: Written = "note",
) -> str:
    """Return the text as it may be stored; raises BadInput if it is empty or too long.

    `of`: what kind of text it is, for the error.
    """
    cleaned = text.strip() if says(text) else ""
    if needed and not cleaned:
        raise BadInput(field, NoText(of))
    if len(cleaned) > longest:
        raise BadInput(field, TextTooLong(len(cleaned), longest))
    return cleaned
