"""Finds the people a message pings, parsing its text and blocks as Slack does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.state.records import UserGroup
from slack_rules import mrkdwn


@dataclass(frozen=True)
class Notified:
    people: frozenset[str] = frozenset()
    loud: str | None = None


def who_is_notified(text: str, blocks: list[Any], groups: Mapping[str, UserGroup]) -> Notified:
    """Find pings by name, through a user group, or to the whole channel (`loud`)."""
    people: set[str] = set()
    loud: str | None = None
    for source in (text, *mrkdwn_texts(blocks)):
        if "<" not in source:
            continue
        for token in mrkdwn.walk(mrkdwn.parse(source)):
            match token:
                case mrkdwn.UserMention(user=user):
                    people.add(user)
                case mrkdwn.GroupMention(group=group) if group in groups:
                    people.update(groups[group].members)
                case mrkdwn.LoudMention(range=reach):
                    loud = reach
                case _:
                    continue
    return Notified(frozenset(people), loud)


def mrkdwn_texts(value: Any) -> Iterator[str]:
    """Yield every mrkdwn text below `value`. Slack never parses plain_text."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn" and isinstance(value.get("text"), str):
            yield value["text"]
            return
        yield from _rich_text_mention(value)
        for child in value.values():
            yield from mrkdwn_texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from mrkdwn_texts(child)


def _rich_text_mention(element: Mapping[str, Any]) -> Iterator[str]:
    match element:
        case {"type": "user", "user_id": str(user)}:
            yield f"<@{user}>"
        case {"type": "usergroup", "usergroup_id": str(group)}:
            yield f"<!subteam^{group}>"
        case {"type": "broadcast", "range": str(reach)}:
            yield f"<!{reach}>"
        case _:
            return
