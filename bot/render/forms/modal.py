"""A modal as it goes to `views.open`, `.push` and `.update`, or as the answer to a submission."""

from collections.abc import Sequence
from typing import Any

from bot.domain.controls import Form
from bot.render import sizes
from bot.render.blocks import Block, plain
from bot.render.desk import Desk
from bot.render.message import Message


def asking(desk: Desk, form: Form, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A form to be sent. `subject` comes back in `private_metadata`: one id, or a permalink."""
    submit = plain(desk.plain("forms", f"{form.value}_submit"), sizes.TITLE)
    return {
        **_modal(desk, form, subject, "cancel"),
        "submit": submit,
        "blocks": list(blocks),
    }


def telling(desk: Desk, form: Form, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A modal to be read; it has a Close button only."""
    shown = list(blocks[: sizes.BLOCKS_IN_VIEW])
    return {**_modal(desk, form, subject, "close"), "blocks": shown}


def telling_message(desk: Desk, form: Form, subject: str, shown: Message) -> dict[str, Any]:
    return {**_modal(desk, form, subject, "close"), "blocks": shown.blocks}


def _modal(desk: Desk, form: Form, subject: str, close: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": form.value,
        "private_metadata": subject,
        "title": plain(desk.plain("forms", f"{form.value}_title"), sizes.TITLE),
        "close": plain(desk.plain("forms", close), sizes.TITLE),
    }
