"""Slack's size limits, in one table. Lengths count code points of the escaped text."""

from __future__ import annotations

from typing import Final

#: The most characters that a string may have.
LONGEST: Final = {
    "message.text": 40_000,  # Slack cuts a longer text instead of refusing it.
    "message.text.recommended": 4_000,
    "update.text": 4_000,
    "text_object": 3_000,
    "section.text": 3_000,
    "section.field": 2_000,
    "header.text": 150,
    "markdown.text": 12_000,
    "image.alt_text": 2_000,
    "image.title": 2_000,
    "url": 3_000,
    "video.title": 200,
    "block_id": 255,
    "action_id": 255,
    "button.text": 75,
    "button.value": 2_000,
    "button.accessibility_label": 75,
    "option.text": 75,
    "option.value": 150,
    "option.description": 75,
    "option_group.label": 75,
    "placeholder": 150,
    "confirm.title": 100,
    "confirm.text": 300,
    "confirm.button": 30,
    "input.label": 2_000,
    "input.hint": 2_000,
    "plain_text_input": 3_000,
    "view.title": 24,
    "view.submit": 24,
    "view.close": 24,
    "view.private_metadata": 3_000,
    "view.callback_id": 255,
    "view.external_id": 255,
    "channel.name": 80,
    "channel.topic": 250,
    "channel.purpose": 250,
    "manifest.name": 35,
    "manifest.description": 140,
    "manifest.command": 32,
    "manifest.command_description": 2_000,
    "manifest.usage_hint": 1_000,
}

#: The number of items that a list may have: (fewest, most).
ITEMS: Final = {
    "message.blocks": (0, 50),
    "view.blocks": (0, 100),
    "section.fields": (1, 10),
    "actions.elements": (1, 25),
    "context.elements": (1, 10),
    "select.options": (1, 100),
    "select.option_groups": (1, 100),
    "checkboxes.options": (1, 10),
    "radio_buttons.options": (1, 10),
    "overflow.options": (1, 5),
    "table.rows": (1, 100),
    "table.cells": (1, 20),
    "manifest.commands": (0, 50),
    "manifest.shortcuts": (0, 10),
}

MESSAGE_SIZE: Final = 9_600
"""The most that the blocks of one message may hold together. The sum counts the characters of all
their texts, and `BLOCK_SIZE` for each block.

Above its limit Slack answers `msg_blocks_too_long`, but it documents no number. Reports differ:
13,297 characters for one block and fewer for several (slackapi/bolt-js #2509, where a maintainer
mentions 12,000 and a buffer for the containers), a refusal at 11,341 characters in many blocks
(#2867), and other refusals from 9,600. This is the lowest of these numbers.
"""
BLOCK_SIZE: Final = 100
"""The cost of a block beside its text, measured with headers: 40 headers left 4,000 fewer."""
VIEW_BYTES: Final = 250_000
VIEW_STACK: Final = 3
TABLES_PER_MESSAGE: Final = 1
PEOPLE_PER_GROUP_MESSAGE: Final = 8
