"""The answers of a listener: a message, a modal, or nothing to add."""

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
"""In seconds. Slack gives up after three, and the answer needs time to travel."""


@dataclass(frozen=True, slots=True)
class Modal:
    """A view to open. If Slack's trigger has expired, the button offers the view again."""

    view: dict[str, Any]
    again: Button
    value: str


@dataclass(frozen=True)
class Instead(Message):
    """An answer that replaces the message whose button was pressed."""


@dataclass(frozen=True)
class Unsure(Message):
    """An answer to a request that did nothing. It offers what the person may have meant."""


Answer: TypeAlias = Message | Modal | None


async def in_time(work: Coroutine[Any, Any, Result]) -> tuple[bool, asyncio.Task[Result]]:
    """Wait for the work as long as Slack waits for an answer. The work goes on in any case.

    Returns whether the work has ended, and its task.
    """
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait({task}, timeout=ACK_WITHIN)
    return bool(done), task


def joined(messages: Sequence[Message]) -> Message:
    """Join several answers into one. Slack shows at most 50 blocks."""
    blocks = [block for each in messages for block in each.blocks]
    return Message("\n".join(each.text for each in messages), blocks[:50])


def sentence(wording: Wording, block: str, **values: Any) -> Message:
    """Return one of the sentences in the template of the listeners."""
    text: Mrkdwn = wording.say("listeners", block, **values)
    return message(text, [section(text)])
