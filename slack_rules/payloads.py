"""Checks whether Slack would accept an outgoing message, view or list of blocks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from slack_rules.blocks import MESSAGE_FIELDS, VIEWS
from slack_rules.check import Surface, check_block, check_shape
from slack_rules.limits import (
    BLOCK_SIZE,
    ITEMS,
    MESSAGE_SIZE,
    TABLES_PER_MESSAGE,
    VIEW_BYTES,
)
from slack_rules.problem import Problem

_READ = ("text", "alt_text")


def check_message(payload: Mapping[str, Any]) -> list[Problem]:
    """Check a message for `chat.postMessage`, `chat.update` or a response_url."""
    problems = [
        Problem("unknown_field", f"invalid additional property: {name}", "")
        for name in payload
        if name not in MESSAGE_FIELDS
    ]
    text, blocks = payload.get("text"), payload.get("blocks")
    if text is not None and not isinstance(text, str):
        problems.append(Problem("wrong_type", "must provide a string", "/text"))
    if blocks is not None:
        problems += check_blocks(blocks, "message")
        if not problems and message_size(blocks) > MESSAGE_SIZE:
            words = f"must be less than {MESSAGE_SIZE + 1} characters in all"
            problems.append(Problem("blocks_too_long", words, "/blocks"))
    if not (text or blocks or payload.get("attachments") or payload.get("delete_original")):
        problems.append(Problem("no_text", "missing required field: text", ""))
    problems += _metadata(payload.get("metadata"))
    return problems


def check_view(view: Any) -> list[Problem]:
    """Check a modal or home tab for `views.open`, `.push`, `.update` or `.publish`."""
    if not isinstance(view, Mapping):
        return [Problem("wrong_type", "must provide an object", "/view")]
    kind = view.get("type")
    if kind not in VIEWS:
        if kind is None:
            return [Problem("missing", "missing required field: type", "/view")]
        return [Problem("unsupported_type", f"unsupported type: {kind}", "/view/type")]
    blocks = view.get("blocks")
    problems = list(check_shape(VIEWS[kind], view, "/view", known=("blocks",)))
    if blocks is not None:
        problems += check_blocks(blocks, kind, "/view/blocks")
    if kind == "modal" and view.get("submit") is None and _has_input(blocks):
        problems.append(Problem("missing", "missing required field: submit", "/view"))
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        problems.append(Problem("too_large", f"must be less than {VIEW_BYTES + 1} bytes", "/view"))
    return problems


def check_blocks(blocks: Any, surface: Surface, pointer: str = "/blocks") -> list[Problem]:
    """Check the blocks on a surface: their sizes, their shapes, and whether they agree."""
    if not isinstance(blocks, list | tuple):
        return [Problem("wrong_type", "must provide an array", pointer)]
    problems: list[Problem] = []
    most = ITEMS["message.blocks" if surface == "message" else "view.blocks"][1]
    if len(blocks) > most:
        problems.append(Problem("too_many", f"no more than {most} items allowed", pointer))
    for number, block in enumerate(blocks):
        problems += check_block(block, surface, f"{pointer}/{number}")
    objects = [(n, block) for n, block in enumerate(blocks) if isinstance(block, Mapping)]
    problems += _unique_ids(objects, pointer)
    problems += _once_only(objects, surface, pointer)
    return problems


def message_size(blocks: Any) -> int:
    """Return the size of a message's blocks, to compare with `MESSAGE_SIZE`."""
    return sum(BLOCK_SIZE + _characters(block) for block in blocks)


def _characters(value: Any) -> int:
    """Count the characters of every text that a person reads, at any depth in a block."""
    if isinstance(value, Mapping):
        own = (len(value[name]) for name in _READ if isinstance(value.get(name), str))
        return sum(own) + sum(map(_characters, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_characters, value))
    return 0


def _unique_ids(blocks: list[tuple[int, Mapping[str, Any]]], pointer: str) -> Iterator[Problem]:
    """Check that block_id is unique in the payload, and action_id in its block."""
    seen: set[str] = set()
    for number, block in blocks:
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            yield Problem(
                "duplicate", f"block_id must be unique: {block_id}", f"{pointer}/{number}"
            )
        if isinstance(block_id, str):
            seen.add(block_id)
        actions: set[str] = set()
        for element in interactive_elements(block):
            action_id = element.get("action_id")
            if isinstance(action_id, str) and action_id in actions:
                place = f"{pointer}/{number}"
                yield Problem("duplicate", f"action_id must be unique: {action_id}", place)
            if isinstance(action_id, str):
                actions.add(action_id)


def _once_only(
    blocks: list[tuple[int, Mapping[str, Any]]], surface: Surface, pointer: str
) -> Iterator[Problem]:
    tables = [number for number, block in blocks if block.get("type") == "table"]
    for number in tables[TABLES_PER_MESSAGE:]:
        yield Problem("too_many", "only one table is allowed", f"{pointer}/{number}")
    focused = 0
    for number, block in blocks:
        for element in interactive_elements(block):
            focused += bool(element.get("focus_on_load"))
            if focused > 1 and element.get("focus_on_load"):
                place = f"{pointer}/{number}"
                yield Problem("invalid_value", "only one element may focus on load", place)
            if element.get("response_url_enabled") and surface != "modal":
                place = f"{pointer}/{number}"
                yield Problem("not_on_surface", "response_url_enabled is for modals", place)


def interactive_elements(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the elements that a person can act on, from every part of a block."""
    candidates = [block.get("accessory"), block.get("element")]
    if block.get("type") == "actions" and isinstance(block.get("elements"), list):
        candidates += block["elements"]
    return [
        item for item in candidates if isinstance(item, Mapping) and item.get("type") != "image"
    ]


def _has_input(blocks: Any) -> bool:
    return isinstance(blocks, list | tuple) and any(
        isinstance(block, Mapping) and block.get("type") == "input" for block in blocks
    )


def _metadata(metadata: Any) -> Iterator[Problem]:
    if metadata is None or metadata == {}:
        return
    if not isinstance(metadata, Mapping):
        yield Problem("wrong_type", "must provide an object", "/metadata")
        return
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        yield Problem("missing", "missing required field: event_type", "/metadata")
    if not isinstance(metadata.get("event_payload"), Mapping):
        yield Problem("missing", "missing required field: event_payload", "/metadata")
