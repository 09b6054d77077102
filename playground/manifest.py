"""The app's manifest: its name, its scopes and the events it subscribes to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Bot event → scopes; any one of them is enough. Message events depend on the kind of channel.
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "file_shared": ("files:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "group_rename": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}


@dataclass(frozen=True)
class Manifest:
    """Without content, the app has every scope and gets every event."""

    content: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Manifest:
        content = json.loads(path.read_text())
        if not isinstance(content, dict):
            raise ValueError(f"{path}: a manifest is a JSON object")
        return cls(content)

    @property
    def name(self) -> str:
        bot_user = self._at("features", "bot_user", "display_name")
        return str(bot_user or self._at("display_information", "name") or "App")

    @property
    def scopes(self) -> frozenset[str] | None:
        """The granted scopes; None for all."""
        scopes = self._at("oauth_config", "scopes", "bot")
        return None if scopes is None else frozenset(scopes)

    def grants(self, any_of: tuple[str, ...]) -> bool:
        return not any_of or self.scopes is None or not self.scopes.isdisjoint(any_of)

    def wants(self, event: str) -> bool:
        """Whether the app subscribes to an event and has its scope. Slack requires both."""
        if not self.content:
            return True
        subscribed = self._at("settings", "event_subscriptions", "bot_events") or ()
        return event in subscribed and self.grants(EVENT_SCOPES.get(event, ()))

    @property
    def commands(self) -> list[dict[str, Any]]:
        return list(self._at("features", "slash_commands") or [])

    def command(self, name: str) -> dict[str, Any] | None:
        if not self.grants(("commands",)):
            return None
        return next((entry for entry in self.commands if entry.get("command") == name), None)

    @property
    def home_tab(self) -> bool:
        """Whether the home tab is on. In Slack, the manifest must turn it on."""
        return not self.content or self._at("features", "app_home", "home_tab_enabled") is True

    @property
    def messages_tab(self) -> bool:
        return self._at("features", "app_home", "messages_tab_enabled") is not False

    @property
    def people_may_write(self) -> bool:
        """Whether people may write to the app directly. If not, they cannot run commands there."""
        read_only = self._at("features", "app_home", "messages_tab_read_only_enabled")
        return self.messages_tab and read_only is not True

    def shortcuts(self, kind: str) -> list[dict[str, Any]]:
        every = self._at("features", "shortcuts") or []
        return [entry for entry in every if entry.get("type") == kind]

    def _at(self, *path: str) -> Any:
        value: Any = self.content
        for name in path:
            if not isinstance(value, Mapping):
                return None
            value = value.get(name)
        return value
