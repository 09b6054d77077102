"""Showing a modal with the trigger of a request, and what to do when Slack will not."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.controls import Field
from bot.render import answers
from bot.render.message import Message
from handlers.answer import Modal
from handlers.errors import report
from handlers.failures import CALL_FAILED, TRIGGER_GONE, error_code
from handlers.shell import Shell

Tell = Callable[[Message], Awaitable[None]]


async def show(
    shell: Shell, client: AsyncWebClient, trigger_id: str, modal: Modal, tell: Tell, *, push: bool
) -> None:
    """Open a modal, or push it on the one that is open. A trigger is never tried twice."""
    call = client.views_push if push else client.views_open
    try:
        await call(trigger_id=trigger_id, view=modal.view)
    except CALL_FAILED as error:
        if error_code(error) not in TRIGGER_GONE:
            report(error, f"Showing the form {modal.view.get('callback_id')}")
        await tell(answers.form_offer(shell.desk, modal.again, modal.value))


async def change(
    client: AsyncWebClient, view: dict[str, Any], *, view_id: str, view_hash: str
) -> None:
    """Change an open modal. If it was changed meanwhile, once more: ours is the later state."""
    try:
        await client.views_update(view_id=view_id, hash=view_hash, view=view)
    except SlackApiError as error:
        if error_code(error) == "hash_conflict":
            await client.views_update(view_id=view_id, view=view)
        elif error_code(error) not in ("not_found", "view_not_found"):
            raise


def prefilled(view: dict[str, Any], field: Field, text: str) -> dict[str, Any]:
    """Return the form with what was typed in the command already in a text field."""
    for block in view["blocks"]:
        if text and block.get("block_id") == field.value:
            longest = block["element"].get("max_length", 3_000)
            block["element"]["initial_value"] = text[:longest]
    return view
