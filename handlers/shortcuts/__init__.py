"""The shortcuts 'Open an escalation' and 'Escalate this message'."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access.rights import Deed, require
from bot.domain.controls import Button, Shortcut
from bot.render import forms
from bot.render.message import Message
from handlers import links
from handlers.answers import Answer, Modal, in_time
from handlers.errors import Failure, attempt
from handlers.replies import modals
from handlers.replies.private import PrivateReplies, Respond
from handlers.shell import Shell
from handlers.who import whoever


def listener(shell: Shell) -> Callable[..., Awaitable[None]]:
    async def used(
        ack: AsyncAck,
        body: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
        respond: Respond,
    ) -> None:
        _, work = await in_time(attempt(_answer(shell, context, body), "A shortcut"))
        await ack()
        tell = PrivateReplies.back(client, respond, body)

        async def deliver() -> None:
            result = await work
            answer = result.message(shell.wording) if isinstance(result, Failure) else result
            if isinstance(answer, Message):
                await tell(answer)
            elif answer is not None:
                await modals.show(shell, client, body["trigger_id"], answer, tell, push=False)

        shell.tasks.start(deliver(), "Answering a shortcut")

    return used


async def _answer(shell: Shell, context: AsyncBoltContext, body: Mapping[str, Any]) -> Answer:
    act = await whoever(shell, context, body, str(body["user"]["id"]), None, Deed.OPEN)
    require(act, Deed.OPEN)
    on_message = body.get("callback_id") == Shortcut.ESCALATE_MESSAGE
    # Only the message's address, none of its content.
    link = links.of_message(context, body) if on_message else None
    if link is None:
        return Modal(forms.open_form(shell.wording), Button.OPEN_FORM, "form")
    filled = forms.Filled(references=link)
    return Modal(forms.open_form(shell.wording, filled, link), Button.OPEN_FORM, link)
