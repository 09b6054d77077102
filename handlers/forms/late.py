"""The outcome of a form that took longer than Slack waits for an answer.

It replaces "Opening…", which Slack shows once our first answer arrives. If the person has closed
that view, or Slack does not accept the outcome, they get a direct message. "Opening…" is never the
last thing they hear.
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
"""Seconds before each new attempt on a view that does not exist yet."""


async def tell(
    shell: Shell, client: AsyncWebClient, user: str, external_id: str, became: Became
) -> None:
    """Show the outcome in the waiting view, or send it to the person."""
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
