"""A modal as it goes to `views.open`, `.push` and `.update`, or as the answer to a submission."""

from collections.abc import Sequence
from typing import Any

from bot.domain.controls import COMMAND, Form
from bot.render.blocks import Block, plain
from bot.render.message import Message, texts
from bot.render.text import sizes
from bot.render.wording import Wording


def asking(wording: Wording, form: Form, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A form to be sent. `subject` comes back in `private_metadata`: one id, or a permalink.

    What leaves it is never called like something that can be done to its subject.
    """
    submit = plain(wording.plain("forms", f"{form.value}_submit"), sizes.TITLE)
    return {
        **_modal(wording, form, subject, "not_now" if form is Form.REMINDER else "cancel"),
        "submit": submit,
        "blocks": list(blocks),
    }


def telling(wording: Wording, form: Form, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A modal to be read, with one button that leaves it."""
    shown = list(blocks[: sizes.BLOCKS_IN_VIEW])
    return {**_modal(wording, form, subject, "ok"), "blocks": shown}


def telling_message(wording: Wording, form: Form, subject: str, shown: Message) -> dict[str, Any]:
    """The same of an answer; leaving one that names what comes next puts that off."""
    puts_off = any(f"{COMMAND} close" in text for text in texts(shown))
    return {
        **_modal(wording, form, subject, "not_now" if puts_off else "ok"),
        "blocks": shown.blocks,
    }


def _modal(wording: Wording, form: Form, subject: str, leave: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": form.value,
        "private_metadata": subject,
        "title": plain(wording.plain("forms", f"{form.value}_title"), sizes.TITLE),
        "close": plain(wording.plain("forms", leave), sizes.TITLE),
    }
