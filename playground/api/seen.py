"""Finds what the app may see and change, with the errors that all methods share."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from playground.api.arguments import Arguments
from playground.facade import Playground
from playground.state.records import Channel, Json, Message, Person
from playground.web.refusal import Refusal

Item = TypeVar("Item")


def channel_of(slack: Playground, args: Arguments, *, member: bool = False) -> Channel:
    """Find a channel.

    If the app is not in it, a private channel gives `channel_not_found`. A public one gives
    `not_in_channel`, but only if `member` is required.
    """
    channel = slack.workspace.channels.get(args.text("channel"))
    bot = slack.app.user_id
    if channel is None or (channel.is_private and bot not in channel.members):
        raise Refusal("channel_not_found")
    if member and bot not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def writable(channel: Channel) -> Channel:
    if channel.is_archived:
        raise Refusal("is_archived")
    return channel


def named_channel(slack: Playground, args: Arguments, *, member: bool = False) -> Channel:
    """Find a channel with a name. Direct messages have no topic or members to manage."""
    channel = channel_of(slack, args, member=member)
    if channel.is_im or channel.is_mpim:
        raise Refusal("method_not_supported_for_channel_type")
    return channel


def message_of(slack: Playground, channel: Channel, ts: str) -> Message:
    """Find a message in the channel's history, which holds no ephemeral ones."""
    message = slack.workspace.message(channel.id, ts)
    if message is None or message.ephemeral_to is not None:
        raise Refusal("message_not_found")
    return message


def person_of(slack: Playground, user: str) -> Person:
    person = slack.workspace.people.get(user)
    if person is None:
        raise Refusal("user_not_found")
    return person


def page(items: Sequence[Item], args: Arguments, default: int) -> tuple[list[Item], Json]:
    """Return one page of a list, and `response_metadata` with the cursor of the next."""
    limit = args.number("limit", default)
    start = _offset(args.text("cursor"))
    end = start + limit
    cursor = _cursor(end) if end < len(items) else ""
    return list(items[start:end]), {"response_metadata": {"next_cursor": cursor}}


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, number = base64.urlsafe_b64decode(cursor).decode().partition(":")
        if name == "offset":
            return int(number)
    except (binascii.Error, ValueError) as wrong:
        raise Refusal("invalid_cursor") from wrong
    raise Refusal("invalid_cursor")
