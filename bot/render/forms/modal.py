"""Modals for `views.open`, `.push` and `.update`, and for answers to a submission."""

from collections.abc import Sequence
from typing import Any

from bot.domain.controls import Form
from bot.render.blocks import Block, plain
from bot.render.text import sizes
from bot.render.wording import Wording


def asking(wording: Wording, form: Form, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A form to submit. `subject` comes back in `private_metadata`: an id, or a permalink.

    In a reminder's form, *Cancel* could mean the reminder.
    """
    submit = plain(wording.plain("forms", f"{form.value}_submit"), sizes.TITLE)
    return {
        **_modal(wording, form, subject, "not_now" if form is Form.REMINDER else "cancel"),
        "submit": submit,
        "blocks": list(blocks),
    }


def telling(wording: Wording, form: Form, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A modal to read, with one button that closes it."""
    shown = list(blocks[: sizes.BLOCKS_IN_VIEW])
    return {**_modal(wording, form, subject, "ok"), "blocks": shown}


def _modal(wording: Wording, form: Form, subject: str, leave: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": form.value,
        "private_metadata": subject,
        "title": plain(wording.plain("forms", f"{form.value}_title"), sizes.TITLE),
        "close": plain(wording.plain("forms", leave), sizes.TITLE),
    }
