"""What a listener answers with: a message, a modal, or nothing to add."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from bot.domain.controls import Button
from bot.render.blocks import section
from bot.render.message import Message, message
from bot.render.text.mrkdwn import Mrkdwn
from bot.render.wording import Wording

Result = TypeVar("Result")

ACK_WITHIN = 2.3
"""Seconds; Slack gives up on us after three, and the answer must travel."""


@dataclass(frozen=True, slots=True)
class Modal:
    """A view to be opened. The button brings it up again when Slack's trigger has expired."""

    view: dict[str, Any]
    again: Button
    value: str


@dataclass(frozen=True)
class Instead(Message):
    """An answer that takes the place of the message whose button was pressed."""


@dataclass(frozen=True)
class Unsure(Message):
    """An answer that did nothing and offers what may be meant."""


Answer: TypeAlias = Message | Modal | None


async def in_time(work: Coroutine[Any, Any, Result]) -> tuple[bool, asyncio.Task[Result]]:
    """Wait for the work as long as Slack waits for us. It goes on in any case."""
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait({task}, timeout=ACK_WITHIN)
    return bool(done), task


def joined(messages: Sequence[Message]) -> Message:
    """Several answers as one."""
    blocks = [block for each in messages for block in each.blocks]
    return Message("\n".join(each.text for each in messages), blocks[:50])


def sentence(wording: Wording, block: str, **values: Any) -> Message:
    """A sentence of the listeners' own."""
    text: Mrkdwn = wording.say("listeners", block, **values)
    return message(text, [section(text)])
