"""Listens to `block_actions`: runs the button's handler, acknowledges, then shows the answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.controls import Button
from bot.render import forms
from bot.render.message import Message
from bot.services.incidents import home
from handlers.answers import Answer, Modal, in_time, sentence
from handlers.buttons import BUTTONS
from handlers.buttons.click import Click, Surface, value_of
from handlers.errors import Failure, attempt
from handlers.replies import modals
from handlers.replies.private import PrivateReplies, Respond
from handlers.shell import Shell
from handlers.who import own_click, whoever


@dataclass(frozen=True, slots=True)
class AnswerWay:
    """Delivers an answer to the person who clicked."""

    shell: Shell
    client: AsyncWebClient
    tell: PrivateReplies
    trigger: str
    surface: Surface

    @classmethod
    def back(
        cls, shell: Shell, client: AsyncWebClient, respond: Respond, body: Mapping[str, Any]
    ) -> "AnswerWay":
        return cls(
            shell,
            client,
            PrivateReplies.back(client, respond, body),
            trigger=body["trigger_id"],
            surface=Surface.of(body),
        )

    async def give(self, answer: Answer) -> None:
        if answer is None:
            return
        if self.surface is Surface.MESSAGE and isinstance(answer, Message):
            await self.tell(answer)
            return
        modal = (
            answer
            if isinstance(answer, Modal)
            else Modal(forms.message_view(self.shell.wording, answer), Button.OPEN_FORM, "form")
        )
        push = self.surface is Surface.MODAL
        tell = self.tell if isinstance(answer, Modal) else self._said_instead(answer)
        await modals.show(self.shell, self.client, self.trigger, modal, tell, push=push)

    def _said_instead(self, answer: Message) -> modals.Tell:
        """Send the answer itself as a message if no modal can show it."""

        async def tell(_offer: Message) -> None:
            await self.tell(answer)

        return tell


def listener(shell: Shell) -> Callable[..., Awaitable[None]]:
    async def clicked(
        ack: AsyncAck,
        body: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
        respond: Respond,
    ) -> None:
        surface = Surface.of(body)
        ready, work = await in_time(attempt(_answer(shell, context, body, surface), "A click"))
        await ack()
        way = AnswerWay.back(shell, client, respond, body)

        async def deliver() -> None:
            result = await work
            await way.give(result.message(shell.wording) if isinstance(result, Failure) else result)

        if not ready or work.result() is not None:
            shell.tasks.start(deliver(), "Answering a click")

    return clicked


def unknown_listener(shell: Shell) -> Callable[..., Awaitable[None]]:
    """Answer a button of another version, or a forged one: it does nothing."""

    async def unknown(
        ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: Respond
    ) -> None:
        await ack()
        way = AnswerWay.back(shell, client, respond, body)
        answer = sentence(shell.wording, "unknown_button")
        shell.tasks.start(way.give(answer), "Answering an unknown button")

    return unknown


async def _answer(
    shell: Shell, context: AsyncBoltContext, body: Mapping[str, Any], surface: Surface
) -> Answer:
    action = body["actions"][0]
    button = Button(action["action_id"])
    key = f"{body['trigger_id']}:{button.value}"
    user = str(body["user"]["id"])
    act = own_click(shell, context, button, user, key)
    act = act or await whoever(shell, context, body, user, key)
    click = Click(shell, act, value_of(action), surface)
    answer = await BUTTONS[button](click)
    if surface is Surface.HOME and button is not Button.HOME_REFRESH:
        await _redraw_home(click, answer)
    return answer


async def _redraw_home(click: Click, answer: Answer) -> None:
    """Redraw the home tab after a click there. The action itself is already done."""
    if isinstance(answer, Modal):
        return
    again = replace(click.act, key=None)
    await attempt(click.write(home.refresh, again), "Redrawing the home tab")
