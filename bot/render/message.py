"""A message as it goes to Slack: blocks, and the text of the notification."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.render.text.fitting import Part, fitted
from bot.render.text.mrkdwn import Mrkdwn, fit
from bot.render.text.sizes import FALLBACK_TEXT


@dataclass(frozen=True)
class Message:
    """`text` is what a notification shows, escaped; the blocks are what the channel shows."""

    text: str
    blocks: list[dict[str, Any]]


def texts(of: Message) -> list[str]:
    """What its sections say, escaped."""
    said = [block["text"]["text"] for block in of.blocks if block["type"] == "section"]
    return [of.text, *said]


def message(text: Mrkdwn, parts: Sequence[Part]) -> Message:
    """Put blocks and lists together, as many of their items as one message holds."""
    return Message(text=fit(text, FALLBACK_TEXT), blocks=fitted(parts))
