"""Showing a modal with the trigger of a request, and what to do when Slack will not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.render.message import Message
from handlers.answer import Modal, offer
from handlers.errors import report
from handlers.shell import Shell

TRIGGER_GONE = frozenset(
    {
        "expired_trigger_id",
        "exchanged_trigger_id",
        "invalid_trigger_id",
        "trigger_expired",
        "trigger_exchanged",
    }
)

Tell = Callable[[Message], Awaitable[None]]

CALL_FAILED = (SlackClientError, aiohttp.ClientError, OSError, asyncio.TimeoutError)


def error_code(error: BaseException) -> str:
    """Slack's word for what went wrong, or the kind of failure."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error") or "unknown_error")
    return type(error).__name__


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
        await tell(offer(shell.desk, modal))


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
