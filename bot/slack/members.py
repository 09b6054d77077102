"""Reads Slack's descriptions of people, so that one misshapen description hides no one else."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.slack.answers import word

_TEXTS = ("name", "real_name", "team_id")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and lone surrogates: no database stores them."""


def readable(users: Iterable[Any]) -> list[Mapping[str, Any]]:
    """Return the descriptions that have Slack's shape and can be stored."""
    return [user for user in users if _is_readable(user)]


def _is_readable(user: Any) -> bool:
    if not isinstance(user, dict) or word(user, "id") is None:
        return False
    profile = user.get("profile")
    if not isinstance(profile, dict | None):
        return False
    texts = [user.get(name) for name in _TEXTS] + [(profile or {}).get("display_name")]
    return all(text is None or _is_storable(text) for text in texts)


def _is_storable(text: Any) -> bool:
    return isinstance(text, str) and _UNSTORABLE.search(text) is None
