"""Listens to `/escalate …`: finds the verb and the person, and answers within three seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.access.rights import Deed, require
from bot.domain.errors import BadInput, Misread, Unclear
from bot.render.message import Message
from handlers.answers import Answer, Modal, in_time, sentence
from handlers.commands.about import about
from handlers.commands.another_deed import refuse_another_deed
from handlers.commands.misplaced import as_here, naming_here
from handlers.commands.opening_here import (
    instead_of_opening,
    named_beside_a_severity,
    room_of_another,
)
from handlers.commands.questions import refuse_question
from handlers.commands.verb import Ask, Verb
from handlers.commands.which_one import in_its_place
from handlers.errors import Failure, attempt
from handlers.replies import modals
from handlers.replies.private import PrivateReplies, Respond
from handlers.shell import Shell
from handlers.typed.line import Typed, read
from handlers.unclear.allowed import allowed, may_open
from handlers.unclear.misunderstood import misunderstood
from handlers.unclear.refused import shown, with_text
from handlers.verbs.opening_verb import open_form
from handlers.who import unidentified, whoever


def listener(shell: Shell) -> Callable[..., Awaitable[None]]:
    async def command(
        ack: AsyncAck,
        body: dict[str, Any],
        context: AsyncBoltContext,
        client: AsyncWebClient,
        respond: Respond,
    ) -> None:
        tell = PrivateReplies.back(client, respond, body)
        ready, work = await in_time(attempt(answer_to(shell, context, body), "A command"))
        if not ready:
            working = sentence(shell.wording, "working")
            await ack(text=working.text, blocks=working.blocks)
            shell.tasks.start(_later(shell, work, client, body, tell), "A late answer")
            return
        text = str(body.get("text") or "")
        answer = shown(shell, work.result(), text)
        if isinstance(answer, Message):
            await ack(text=answer.text, blocks=answer.blocks)
            return
        await ack()
        if answer is not None:
            shell.tasks.start(_show(shell, answer, client, body, tell), "Opening a form")

    return command


async def _later(
    shell: Shell,
    work: asyncio.Task[Answer | Failure],
    client: AsyncWebClient,
    body: Mapping[str, Any],
    tell: modals.Tell,
) -> None:
    """Send an answer that took longer than Slack waits, through the response_url."""
    answer = shown(shell, await work, str(body.get("text") or ""))
    if isinstance(answer, Modal):
        await _show(shell, answer, client, body, tell)
    elif answer is not None:
        await tell(answer)


async def _show(
    shell: Shell,
    form: Modal,
    client: AsyncWebClient,
    body: Mapping[str, Any],
    tell: modals.Tell,
) -> None:
    """Open the form. If Slack does not open it, the person still gets what they typed back."""

    async def instead(offer: Message) -> None:
        await tell(with_text(shell.wording, offer, str(body.get("text") or "")))

    await modals.show(shell, client, body["trigger_id"], form, instead, push=False)


async def answer_to(shell: Shell, context: AsyncBoltContext, body: Mapping[str, Any]) -> Answer:
    trigger: str = body["trigger_id"]
    user = str(body.get("user_id") or "")
    try:
        typed = read(str(body.get("text") or ""))
    except BadInput:
        await whoever(shell, context, body, user, trigger)
        raise
    channel = str(body.get("channel_id") or "") or None
    room = named_beside_a_severity(shell.policy, typed)
    if typed.verb is not None and typed.verb.straight is not None and typed.named is None:
        asking = unidentified(shell, context, body, user, trigger)
        room = await room_of_another(shell, asking, typed, channel)
        done = typed.verb.straight(shell, asking, typed.words) if room is None else None
        if done is not None:
            return await done
    act = await whoever(shell, context, body, user, trigger, _deed(typed))
    ask = Ask(shell, act, typed.words, typed.named, channel, typed.said)
    if typed.verb is None:
        return await misunderstood(ask, typed) if typed.word else await open_form(ask)
    try:
        if room is not None:
            raise instead_of_opening(shell.policy, typed, room)
        refuse_question(ask, typed.verb, ask.words, before=typed.asked)
        return await _done(ask, typed.verb)
    except Misread as misread:
        error = await in_its_place(ask, typed.verb, misread)
        error.no_report |= not may_open(act)
        error.here = await naming_here(ask)
        if isinstance(error, Unclear):
            error.commands = allowed(act, await as_here(ask, error.commands))
        raise error from None


def _deed(typed: Typed) -> Deed | None:
    """Return the right that the command needs. `/escalate` alone opens the form."""
    if typed.verb is None:
        return None if typed.word else Deed.OPEN
    return typed.verb.deed


async def _done(ask: Ask, verb: Verb) -> Answer:
    if verb.deed is not None:
        require(ask.act, verb.deed, belongs=True)
    ask = await about(ask, verb)
    refuse_another_deed(ask, verb)
    return await verb.run(ask)
