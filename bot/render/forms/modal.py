"""A modal as it goes to `views.open`, `.push` and `.update`, or as the answer to a submission."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.domain.controls import Form
from bot.render import sizes
from bot.render.blocks import plain
from bot.render.desk import Desk


def asking(desk: Desk, form: Form, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A form to be sent. `subject` comes back in `private_metadata`: one id, or a permalink."""
    return _modal(desk, form, subject, blocks, desk.plain("forms", f"{form.value}_submit"))


def telling(desk: Desk, form: Form, subject: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """A modal to be read; it has a Close button only."""
    return _modal(desk, form, subject, blocks, None)


def _modal(
    desk: Desk, form: Form, subject: str, blocks: Sequence[Block], submit: str | None
) -> dict[str, Any]:
    view = View(
        type="modal",
        callback_id=form.value,
        private_metadata=subject,
        title=plain(desk.plain("forms", f"{form.value}_title"), sizes.TITLE),
        submit=plain(submit, sizes.TITLE) if submit else None,
        close=plain(desk.plain("forms", "cancel" if submit else "close"), sizes.TITLE),
        blocks=[*blocks][: sizes.BLOCKS_IN_VIEW],
    )
    return view.to_dict()
