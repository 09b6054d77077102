"""Listens to `view_submission` and to choices that change the opening form.

People lose nothing that they typed. A wrong field is marked in the open form. Any other refusal is
pushed on top of the form.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.controls import Form
from bot.domain.errors import AlreadyHandled
from bot.render import forms
from handlers.answers import in_time, sentence
from handlers.archived import placed
from handlers.errors import Failure, attempt
from handlers.forms import ALOUD, FORMS, late
from handlers.forms.fields import Fields, field_errors
from handlers.forms.opening_form import redrawn
from handlers.forms.sent import Became, Sent, view_of
from handlers.replies import modals
from handlers.shell import Shell
from handlers.who import whoever


def listener(shell: Shell) -> Callable[..., Awaitable[None]]:
    async def submitted(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> None:
        ready, work = await in_time(attempt(_became(shell, context, body), "A form"))
        if ready:
            await _answer(shell, ack, body["view"], work.result())
            return
        # Pushed, not put in the form's place: if the work fails, the typed text is still beneath.
        external_id = secrets.token_hex(16)
        waiting = forms.opening_view(shell.wording) | {"external_id": external_id}
        await ack(response_action="push", view=waiting)
        later = _later(shell, client, str(body["user"]["id"]), external_id, work)
        shell.tasks.start(later, "A late answer to a form")

    return submitted


async def _became(shell: Shell, context: AsyncBoltContext, body: Mapping[str, Any]) -> Became:
    view = body["view"]
    # A form is done once, even if it was redrawn. The second time it shows the result.
    act = await whoever(shell, context, body, str(body["user"]["id"]), str(view["id"]))
    subject = str(view.get("private_metadata") or "")
    form, sent = Form(view["callback_id"]), Sent(shell, act, subject, Fields(view))
    became = await FORMS[form](sent)
    return await placed(sent, subject, became) if form in ALOUD else became


async def _answer(
    shell: Shell, ack: AsyncAck, view: Mapping[str, Any], result: Became | Failure
) -> None:
    if not isinstance(result, Failure):
        await ack(response_action="update", view=view_of(shell.wording, result))
        return
    errors = field_errors(shell.wording, result.error, Fields(view))
    if errors:
        await ack(response_action="errors", errors=errors)
        return
    # A form that was sent twice is finished. After any other refusal the person can correct it.
    action = "update" if isinstance(result.error, AlreadyHandled) else "push"
    await ack(response_action=action, view=view_of(shell.wording, result.message(shell.wording)))


async def _later(
    shell: Shell,
    client: AsyncWebClient,
    user: str,
    external_id: str,
    work: asyncio.Task[Became | Failure],
) -> None:
    result = await work
    became = result.message(shell.wording) if isinstance(result, Failure) else result
    await late.tell(shell, client, user, external_id, became)


def redraw_listener(shell: Shell) -> Callable[..., Awaitable[None]]:
    """Redraw the form after a change of category, severity, criteria or teams.

    Otherwise its preview would be wrong.
    """

    changes = modals.Changes()

    async def changed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = body.get("view") or {}
        if view.get("callback_id") != Form.OPEN:
            return
        drawn = redrawn(shell.wording, view)
        changing = changes.make(client, drawn, view_id=view["id"], seen=view["hash"])
        shell.tasks.start(changing, "Redrawing the opening form")

    return changed


def unknown_listener(shell: Shell) -> Callable[..., Awaitable[None]]:
    """Tell the sender that the form is of another version. Their text stays beneath."""

    async def unknown(ack: AsyncAck) -> None:
        said = sentence(shell.wording, "unknown_form")
        await ack(response_action="push", view=view_of(shell.wording, said))

    return unknown
