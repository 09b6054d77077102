"""Finds the texts and controls of a payload, for tests that look at all of them."""

from collections.abc import Iterator
from typing import Any

from bot.render.message import Message
from slack_rules import Problem, check_message, check_view, interactive_elements
from tests.render.case import Rendered


def problems(rendered: Rendered) -> list[Problem]:
    if isinstance(rendered, Message):
        return check_message({"text": rendered.text, "blocks": rendered.blocks})
    return check_view(rendered)


def blocks_of(rendered: Rendered) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = (
        rendered.blocks if isinstance(rendered, Message) else rendered["blocks"]
    )
    return blocks


def mrkdwn_texts(rendered: Rendered) -> Iterator[str]:
    """Yield every text that Slack parses, and the notification."""
    if isinstance(rendered, Message):
        yield rendered.text
    for item in _objects(blocks_of(rendered)):
        if item.get("type") == "mrkdwn":
            yield item["text"]


def all_texts(rendered: Rendered) -> Iterator[str]:
    """Yield every string of the payload."""
    if isinstance(rendered, Message):
        yield rendered.text
        yield from _strings(rendered.blocks)
    else:
        yield from _strings(rendered)


def action_ids(rendered: Rendered) -> set[str]:
    found = set()
    for block in blocks_of(rendered):
        found |= {str(element.get("action_id")) for element in interactive_elements(block)}
    return found


def block_with(rendered: Rendered, action_id: str) -> dict[str, Any]:
    for block in blocks_of(rendered):
        if any(item.get("action_id") == action_id for item in interactive_elements(block)):
            return block
    raise AssertionError(f"nothing has the action_id {action_id}")


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
