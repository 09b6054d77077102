"""Turns typed text into what Slack's client sends: mentions, channels and links as entities."""

from __future__ import annotations

import re

from playground.state.workspace import Workspace
from slack_rules.mrkdwn import escape

_TYPED = re.compile(
    r"(?P<url>https?://[^\s<>|]+)"
    r"|(?<![\w@])@(?P<name>[A-Za-z0-9][\w.-]*)"
    r"|(?<![\w#&])#(?P<channel>[\w-]+)"
)
_LOUD = ("channel", "here", "everyone")


def as_message(workspace: Workspace, text: str) -> str:
    """Return a message's text: escaped, with entities."""
    return _with_entities(workspace, text, labels=False)


def as_command_text(workspace: Workspace, text: str, *, should_escape: bool) -> str:
    """Return a command's text as typed, unless its manifest entry asks for escaping."""
    return _with_entities(workspace, text, labels=True) if should_escape else text


def _with_entities(workspace: Workspace, text: str, *, labels: bool) -> str:
    parts: list[str] = []
    position = 0
    for match in _TYPED.finditer(text):
        parts.append(escape(text[position : match.start()]))
        parts.append(_entity(workspace, match, labels=labels))
        position = match.end()
    parts.append(escape(text[position:]))
    return "".join(parts)


def _entity(workspace: Workspace, match: re.Match[str], *, labels: bool) -> str:
    if match["url"]:
        return f"<{escape(match['url'])}>"
    if match["channel"]:
        channel = workspace.channel_named(match["channel"])
        return escape(match[0]) if channel is None else f"<#{channel.id}|{channel.name}>"
    trimmed = match["name"].rstrip(".-")
    rest = match["name"][len(trimmed) :]
    return _mention(workspace, trimmed, labels=labels) + rest


def _mention(workspace: Workspace, name: str, *, labels: bool) -> str:
    if name in _LOUD:
        return f"@{name}" if labels else f"<!{name}>"
    person = workspace.person(name)
    if person is not None:
        return f"<@{person.id}|{person.name}>" if labels else f"<@{person.id}>"
    group = workspace.group(name)
    if group is not None:
        return f"<!subteam^{group.id}|@{group.handle}>" if labels else f"<!subteam^{group.id}>"
    return f"@{name}"
