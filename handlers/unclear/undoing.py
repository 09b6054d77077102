"""Words for the opposite of a verb. There is no such verb; the bot offers another command."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.commands.verb import Verb
from handlers.typed.words import first_word

_UNDOING = re.compile(r"(?:un|de|dis|undo|not)-?(?=[a-z])", re.IGNORECASE)
UNDOING_WORDS = frozenset({"undo", "cancel", "revert", "un", "not", "don't", "dont", "stop"})


@dataclass(frozen=True, slots=True)
class Undoing:
    """`block` of help.j2 gives the reason, `commands` what to type instead. `{of}` is the
    escalation.
    """

    block: str
    commands: tuple[str, ...]


_ENDED = Undoing("undo_ended", ("reopen {of} <reason>",))
_TASK = Undoing("undo_task", ("task {of} @person <text> by <when>",))
_WRITTEN = Undoing("undo_written", ("note {of} <text>",))
_REMINDER = Undoing("undo_reminder", ("reminders",))
NOTHING = Undoing("undo_nothing", ("show {of}",))
UNDOING: Mapping[str, Undoing] = {
    "ack": Undoing("undo_ack", ("handover {of} @person <summary>", "page {of} <team> <why>")),
    "resolve": _ENDED,
    "close": _ENDED,
    "decline": _ENDED,
    "duplicate": _ENDED,
    "reopen": Undoing("undo_reopened", ("resolve {of}", "decline {of} <reason>")),
    "assign": Undoing("undo_assigned", ("assign {of} @person",)),
    "page": Undoing("undo_paged", ("update {of} <text>", "page {of} <team or @person> <why>")),
    "handover": Undoing("undo_handed_over", ("assign {of} me", "page {of} me <why>")),
    "task": _TASK,
    "done": _TASK,
    "severity": Undoing("undo_severity", ("severity {of} <p0-p3> <reason>",)),
    "status": Undoing("undo_status", ("status {of} <state>",)),
    "open": Undoing("undo_opened", ("decline {of} <reason>", "duplicate {of} of ESC-m")),
    "remind": _REMINDER,
    "reminders": _REMINDER,
    "note": _WRITTEN,
    "update": _WRITTEN,
}


def undone(by_word: Mapping[str, Verb], word: str, behind: str) -> Undoing | None:
    """Return how to undo the verb in `unack` or `undo ack`. None if the word names no verb so."""
    word = word.lower()
    begun = _UNDOING.match(word)
    verb = by_word.get(word[begun.end() :]) if begun else None
    if verb is None and word in UNDOING_WORDS:
        verb = by_word.get(first_word(behind)[0].lower())
    return UNDOING.get(verb.name, NOTHING) if verb is not None else None
