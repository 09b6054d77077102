"""The outcome of a form that took longer than Slack waits for us.

It belongs in the place of "Opening…", which Slack shows once our answer has travelled there. Who
has closed it by then, or where Slack does not take it, is told directly: "Opening…" is nobody's
last word.
"""

import asyncio
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.render import forms
from handlers.forms.sent import Became, view_of
from handlers.http.failures import CALL_FAILED, error_code
from handlers.shell import Shell

NOT_THERE = frozenset({"not_found", "view_not_found"})
LOOK_AGAIN = (0.5, 2.0)
"""Seconds after which a view that is not there yet is looked for again."""


async def tell(
    shell: Shell, client: AsyncWebClient, user: str, external_id: str, became: Became
) -> None:
    """Show what became of it in the view that waits, or say it to the person."""
    if await _shown(client, external_id, view_of(shell.wording, became)):
        return
    said = forms.as_message(became) if isinstance(became, dict) else became
    await client.chat_postMessage(channel=user, text=said.text, blocks=said.blocks)


async def _shown(client: AsyncWebClient, external_id: str, view: dict[str, Any]) -> bool:
    for pause in (0.0, *LOOK_AGAIN):
        await asyncio.sleep(pause)
        try:
            await client.views_update(external_id=external_id, view=view)
        except CALL_FAILED as error:
            if error_code(error) not in NOT_THERE:
                return False
        else:
            return True
    return False
