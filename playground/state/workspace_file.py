"""Loads a workspace from a JSON file: team, people, user groups and channels.

The file names people by their handle:

    {"team": {"id": "T…", "name": "…", "domain": "…"},
     "people": [{"name": "ada", "real_name": "Ada L.", "tz": "Europe/London", "is_admin": true}],
     "groups": [{"handle": "legal-oncall", "name": "Legal on call", "members": ["ada"]}],
     "channels": [{"name": "general", "members": ["ada"], "is_private": false, "topic": "…"}]}

Each entry may have an `id`. Without one, it gets the next number, which is the same in every run.
`"members": "all"` means everyone but guests and strangers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from playground.state.records import Channel, Person, UserGroup
from playground.state.workspace import Workspace
from playground.virtual_time import VirtualTime

_SECTIONS = {
    "team": {"id", "name", "domain"},
    "people": {field.name for field in fields(Person)},
    "groups": {field.name for field in fields(UserGroup)},
    "channels": {field.name for field in fields(Channel)},
}


class BadWorkspaceFile(ValueError):
    """The file is wrong. The text names the entry and the problem."""


def load(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text())
    check(content)
    return dict(content)


def check(content: Any) -> None:
    """Raise BadWorkspaceFile for unknown sections, keys and people."""
    if not isinstance(content, dict):
        raise BadWorkspaceFile("a workspace file is a JSON object")
    for section, value in content.items():
        known = _SECTIONS.get(section)
        if known is None:
            raise BadWorkspaceFile(f"unknown section {section!r}: one of {', '.join(_SECTIONS)}")
        for entry in [value] if section == "team" else value:
            unknown = set(entry) - known
            if unknown:
                raise BadWorkspaceFile(f"{section}: unknown key {sorted(unknown)[0]!r} in {entry}")
    build(VirtualTime(), content)


def build(clock: VirtualTime, content: Mapping[str, Any]) -> Workspace:
    team = content.get("team") or {}
    workspace = Workspace(
        clock,
        team_id=team.get("id", "T00000001"),
        name=team.get("name", "Playground"),
        domain=team.get("domain", "playground"),
    )
    for entry in content.get("people") or []:
        given = {"real_name": entry["name"].title(), **entry}
        given.setdefault("id", workspace.next_id("U"))
        workspace.add_person(Person(**given))
    for entry in content.get("groups") or []:
        given = {"name": entry["handle"], **entry}
        given.setdefault("id", workspace.next_id("S"))
        given["members"] = _ids(workspace, entry.get("members", []))
        workspace.add_group(UserGroup(**given))
    for entry in content.get("channels") or []:
        given = {"created": int(clock.now()), **entry}
        given.setdefault("id", workspace.next_id("C"))
        given["members"] = _ids(workspace, entry.get("members", "all"))
        given.setdefault("creator", given["members"][0] if given["members"] else "")
        workspace.add_channel(Channel(**given))
    return workspace


def _ids(workspace: Workspace, members: Any) -> list[str]:
    if members == "all":
        return [
            person.id
            for person in workspace.humans()
            if not person.is_guest and not person.is_stranger
        ]
    found = []
    for name in members:
        person = workspace.person(name)
        if person is None:
            raise BadWorkspaceFile(f"no one is called {name!r}")
        found.append(person.id)
    return found
