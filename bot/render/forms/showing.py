"""Modals to read: an incident with its timeline, a timeline alone, or a message."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from bot.domain.controls import Form
from bot.domain.incidents.views import Details, EntryLine
from bot.render.blocks import Block, context, section
from bot.render.forms.modal import telling
from bot.render.forms.work import about
from bot.render.incidents import card
from bot.render.incidents.timeline import line
from bot.render.message import Message
from bot.render.text import sizes
from bot.render.text.fitting import fitted, whole
from bot.render.text.mrkdwn import Mrkdwn, fit
from bot.render.wording import Wording

LATEST_SHOWN = 15
_SECTIONS = 80
"""Up to this many entries each get their own section, which keeps the gaps between them equal."""
_ENTRIES_IN_VIEW = 400
"""Eighty sections of five entries stay within a view's 100 blocks and 250 kB, in any script."""
_BYTES_OF_ENTRIES = 200_000


def timeline_view(wording: Wording, view: Details) -> dict[str, Any]:
    """The history, newest last. The oldest entries that do not fit are counted."""
    head = view.card.head
    blocks = about(wording, head)
    if not head.full:
        blocks.append(section(wording.say("forms", "hidden", head=head)))
        return telling(wording, Form.TIMELINE, head.id, blocks)
    blocks += _entries(wording, view.entries[-_ENTRIES_IN_VIEW:], _left_out(view, _ENTRIES_IN_VIEW))
    return telling(wording, Form.TIMELINE, head.id, blocks)


def show_view(wording: Wording, view: Details) -> dict[str, Any]:
    """The card and the latest entries, without buttons: those are on the card itself."""
    head = view.card.head
    blocks = whole(card.body(wording, view.card, view.deeds))
    if head.full:
        latest = view.entries[-LATEST_SHOWN:]
        blocks += _entries(wording, latest, _left_out(view, LATEST_SHOWN))
    return telling(wording, Form.SHOW, head.id, blocks)


def message_view(wording: Wording, shown: Message, subject: str = "") -> dict[str, Any]:
    """An answer as a modal, for when an open form would hide a message."""
    return telling(wording, Form.MESSAGE, subject, shown.blocks)


def as_message(view: dict[str, Any]) -> Message:
    """A modal's text as a message, for when the modal can no longer be shown."""
    first = next(block for block in view["blocks"] if block["type"] == "section")
    return Message(fit(first["text"]["text"], sizes.PLAIN_TEXT), fitted(view["blocks"]))


def _left_out(view: Details, shown: int) -> int:
    return view.more_entries + max(0, len(view.entries) - shown)


def _entries(wording: Wording, entries: Sequence[EntryLine], left_out: int) -> list[Block]:
    if not entries:
        return [section(wording.say("forms", "timeline_empty"))]
    sections: list[Block] = []
    lines = [line(wording, entry) for entry in entries]
    kept = _newest_that_fit(lines)
    for text in _sections(kept):
        sections.append(section(text))
    left_out += len(lines) - len(kept)
    if left_out:
        sections.insert(0, context(wording.say("forms", "timeline_earlier", count=left_out)))
    return sections


def _newest_that_fit(lines: Sequence[Mrkdwn]) -> list[Mrkdwn]:
    used, kept = 0, 0
    for text in reversed(lines):
        used += len(text.encode()) + 1
        if used > _BYTES_OF_ENTRIES:
            break
        kept += 1
    return [*lines[len(lines) - kept :]]


def _sections(lines: Sequence[Mrkdwn]) -> list[Mrkdwn]:
    most = ceil(len(lines) / _SECTIONS)
    sections: list[list[Mrkdwn]] = [[]]
    used = 0
    for text in lines:
        if len(sections[-1]) == most or used + len(text) + 1 > sizes.SECTION:
            sections.append([])
            used = 0
        sections[-1].append(text)
        used += len(text) + 1
    return [Mrkdwn("\n".join(texts)) for texts in sections if texts]
