"""Checks an app manifest against Slack's size limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slack_rules.limits import ITEMS, LONGEST
from slack_rules.problem import Problem

_ABOUT = {"name": "manifest.name", "description": "manifest.description"}
_COMMAND = {
    "command": "manifest.command",
    "description": "manifest.command_description",
    "usage_hint": "manifest.usage_hint",
}


def check_manifest(manifest: Mapping[str, Any]) -> list[Problem]:
    """Check names, descriptions, commands and shortcuts. Slack itself checks scopes and URLs."""
    about = manifest.get("display_information") or {}
    features = manifest.get("features") or {}
    problems = list(_texts(about, _ABOUT, "/display_information"))
    if not about.get("name"):
        problems.append(Problem("missing", "missing required field: name", "/display_information"))
    for name, limit in (("slash_commands", "commands"), ("shortcuts", "shortcuts")):
        entries = features.get(name) or []
        most = ITEMS[f"manifest.{limit}"][1]
        if len(entries) > most:
            problems.append(
                Problem("too_many", f"no more than {most} items allowed", f"/features/{name}")
            )
    for number, command in enumerate(features.get("slash_commands") or []):
        problems += _texts(command, _COMMAND, f"/features/slash_commands/{number}")
        if not str(command.get("command", "")).startswith("/"):
            place = f"/features/slash_commands/{number}/command"
            problems.append(Problem("invalid_value", "must begin with /", place))
    return problems


def _texts(value: Mapping[str, Any], limits: Mapping[str, str], pointer: str) -> Iterator[Problem]:
    for name, limit in limits.items():
        text = value.get(name)
        if isinstance(text, str) and len(text) > LONGEST[limit]:
            words = f"must be less than {LONGEST[limit] + 1} characters"
            yield Problem("too_long", words, f"{pointer}/{name}")
