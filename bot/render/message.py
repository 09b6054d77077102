"""A message to Slack: its blocks and the text of its notification."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.render.text.fitting import Part, fitted
from bot.render.text.mrkdwn import Mrkdwn, fit
from bot.render.text.sizes import PLAIN_TEXT


@dataclass(frozen=True)
class Message:
    """Notifications show `text`, which is escaped. The channel shows the blocks."""

    text: str
    blocks: list[dict[str, Any]]


def texts(of: Message) -> list[str]:
    """The notification text and the text of each section, escaped."""
    said = [block["text"]["text"] for block in of.blocks if block["type"] == "section"]
    return [of.text, *said]


def message(text: Mrkdwn, parts: Sequence[Part]) -> Message:
    """Join blocks and lists. Lists show as many items as one message holds."""
    return Message(text=fit(text, PLAIN_TEXT), blocks=fitted(parts))
