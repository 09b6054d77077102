"""Completions for the composer: commands with their verbs, people and channels."""

from __future__ import annotations

import re

from playground.page.shown.reader import Reader
from playground.state.records import Json

_WORD = re.compile(r"[a-z][a-z_-]*$")
_OPENING, _CLOSING = "[<({", "]>)}"


def verbs(usage_hint: str) -> list[Json]:
    """Return the verbs in a usage hint: `[open <title> | list [mine | overdue]]` has two.

    Alternatives are separated by `|` or `,` on the outermost level. A verb is a first word in
    lower case.
    """
    found = []
    for part in _alternatives(_unwrapped(usage_hint.strip())):
        word, _, rest = part.partition(" ")
        if _WORD.match(word):
            found.append({"verb": word, "usage": rest.strip(" …")})
    return found


def for_person(reader: Reader, commands: list[Json]) -> Json:
    """Return all completions in the form that the composer's script reads."""
    people = sorted(reader.workspace.humans(), key=lambda who: who.real_name.casefold())
    groups = reader.workspace.groups.values()
    rooms = reader.workspace.visible_channels(reader.me.id)
    return {
        "commands": [_command(command) for command in commands],
        "people": [
            {"handle": who.name, "name": who.real_name, "title": who.title} for who in people
        ]
        + [{"handle": group.handle, "name": group.name, "title": "User group"} for group in groups]
        + [{"handle": "channel", "name": "channel", "title": "Notify everyone in this channel"}],
        "channels": [
            {"handle": room.name, "name": room.name, "title": room.topic}
            for room in rooms
            if room.kind in ("public_channel", "private_channel") and not room.is_archived
        ],
    }


def _command(command: Json) -> Json:
    usage = str(command.get("usage_hint") or "")
    return {
        "command": str(command.get("command") or ""),
        "description": str(command.get("description") or ""),
        "usage_hint": usage,
        "verbs": verbs(usage),
    }


def _unwrapped(usage: str) -> str:
    """Remove the brackets around the whole hint, if it has them."""
    if not usage.startswith("["):
        return usage
    depth = 0
    for place, letter in enumerate(usage):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0:
            return usage[1:-1] if place == len(usage) - 1 else usage
    return usage


def _alternatives(usage: str) -> list[str]:
    parts, depth = [""], 0
    for letter in usage:
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if letter in "|," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]
