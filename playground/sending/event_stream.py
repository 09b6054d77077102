"""Sends events to the app: only those it subscribed to and may see."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from playground.manifest import Manifest
from playground.sending.installed_app import InstalledApp
from playground.sending.shapes import CHANNEL_TYPES, Shapes
from playground.state.records import Channel, Json, Message, Person, UserGroup
from playground.state.workspace import Workspace

_MESSAGE_EVENTS = {
    "public_channel": "message.channels",
    "private_channel": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


class EventStream:
    """`send` passes a wrapped event to the deliveries and returns at once."""

    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        manifest: Manifest,
        shapes: Shapes,
        send: Callable[[Json, str], None],
    ) -> None:
        self.workspace = workspace
        self.app = app
        self.manifest = manifest
        self.shapes = shapes
        self._send = send
        # Differs between runs, like view ids, because an app with a database remembers them.
        self._run = secrets.token_hex(3).upper()

    def message(self, message: Message) -> None:
        channel = self.workspace.channels[message.channel]
        if message.ephemeral_to is not None:
            return
        body = self._in_channel(self.shapes.message(message, metadata=True, thread=False), channel)
        self._emit(_MESSAGE_EVENTS[channel.kind], body, channel, message.user)
        by_app = message.user == self.app.user_id
        if self.app.user_id in message.notifies and not by_app and not channel.is_im:
            self._emit("app_mention", body | {"type": "app_mention"}, channel, message.user)

    def message_changed(self, message: Message, before: Json) -> None:
        channel = self.workspace.channels[message.channel]
        now = self.workspace.clock.next_ts()
        body = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "ts": now,
            "message": self.shapes.message(message, metadata=True),
            "previous_message": before,
        }
        event = self._in_channel(body, channel)
        self._emit(_MESSAGE_EVENTS[channel.kind], event, channel, message.user)

    def message_deleted(self, message: Message, before: Json) -> None:
        channel = self.workspace.channels[message.channel]
        body = {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "ts": self.workspace.clock.next_ts(),
            "deleted_ts": message.ts,
            "previous_message": before,
        }
        event = self._in_channel(body, channel)
        self._emit(_MESSAGE_EVENTS[channel.kind], event, channel, message.user)

    def reaction(self, message: Message, user: str, name: str, *, added: bool) -> None:
        channel = self.workspace.channels[message.channel]
        kind = "reaction_added" if added else "reaction_removed"
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        body = {"user": user, "reaction": name, "item": item, "item_user": message.user}
        self._emit(kind, body | {"type": kind}, channel, user)

    def pin(self, message: Message, user: str, *, added: bool) -> None:
        channel = self.workspace.channels[message.channel]
        kind = "pin_added" if added else "pin_removed"
        item = {
            "type": "message",
            "channel": message.channel,
            "message": self.shapes.message(message),
            "created": int(self.workspace.clock.now()),
            "created_by": user,
        }
        body = {"type": kind, "user": user, "channel_id": message.channel, "item": item}
        self._emit(kind, body, channel, user)

    def member(
        self, channel: Channel, user: str, *, joined: bool, inviter: str | None = None
    ) -> None:
        kind = "member_joined_channel" if joined else "member_left_channel"
        body: Json = {
            "type": kind,
            "user": user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": self.workspace.team_id,
        }
        if joined and inviter:
            body["inviter"] = inviter
        self._emit(kind, body, channel, user)

    def archived(self, channel: Channel, user: str) -> None:
        kind = "group_archive" if channel.is_private else "channel_archive"
        body = {"type": kind, "channel": channel.id, "user": user}
        self._emit(kind, body, channel, user, public=True)

    def unarchived(self, channel: Channel, user: str) -> None:
        kind = "group_unarchive" if channel.is_private else "channel_unarchive"
        body = {"type": kind, "channel": channel.id, "user": user}
        self._emit(kind, body, channel, user, public=True)

    def renamed(self, channel: Channel, user: str) -> None:
        kind = "group_rename" if channel.is_private else "channel_rename"
        about = {"id": channel.id, "name": channel.name, "created": channel.created}
        self._emit(kind, {"type": kind, "channel": about}, channel, user, public=True)

    def created(self, channel: Channel) -> None:
        if channel.kind != "public_channel":
            return
        about = {"id": channel.id, "name": channel.name, "creator": channel.creator}
        body = {"type": "channel_created", "channel": about}
        self._emit("channel_created", body, channel, channel.creator, public=True)

    def home_opened(self, user: str, channel: Channel, view: Json | None) -> None:
        body: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": "home"}
        if view is not None:
            body["view"] = view
        self._emit("app_home_opened", body, None, user)

    def file_shared(self, channel: Channel, user: str, file_id: str) -> None:
        body = {
            "type": "file_shared",
            "channel_id": channel.id,
            "user_id": user,
            "file_id": file_id,
            "file": {"id": file_id},
        }
        self._emit("file_shared", body, channel, user)

    def person(self, person: Person, *, new: bool) -> None:
        kind = "team_join" if new else "user_change"
        email = self.manifest.grants(("users:read.email",))
        body = {"type": kind, "user": self.shapes.person(person, email=email)}
        self._emit(kind, body, None, person.id)

    def group_members(self, group: UserGroup, added: list[str], removed: list[str]) -> None:
        now = int(self.workspace.clock.now())
        body = {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": self.workspace.team_id,
            "date_previous_update": now,
            "date_update": now,
            "added_users": added,
            "added_users_count": str(len(added)),
            "removed_users": removed,
            "removed_users_count": str(len(removed)),
        }
        self._emit("subteam_members_changed", body, None, "")
        updated = {"type": "subteam_updated", "subteam": self.shapes.group(group, users=True)}
        self._emit("subteam_updated", updated, None, "")

    def _in_channel(self, body: Json, channel: Channel) -> Json:
        return body | {"channel": channel.id, "channel_type": CHANNEL_TYPES[channel.kind]}

    def _emit(
        self, name: str, event: Json, channel: Channel | None, user: str, *, public: bool = False
    ) -> None:
        if not self.manifest.wants(name) or self.app.revoked:
            return
        if channel is not None and self.app.user_id not in channel.members:
            leaving = event.get("user") == self.app.user_id
            if not leaving and not (public and channel.kind == "public_channel"):
                return
        clock = self.workspace.clock
        now = event.get("ts") or clock.next_ts()
        number = f"Ev{self._run}{self.workspace.next_number('event'):06d}"
        wrapped = {
            "token": "playground",
            "team_id": self.workspace.team_id,
            "context_team_id": self.workspace.team_id,
            "api_app_id": self.app.app_id,
            "event": {**event, "event_ts": now},
            "type": "event_callback",
            "event_id": number,
            "event_time": int(float(now)),
            "is_ext_shared_channel": False,
            "event_context": f"4-{number}",
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.workspace.team_id,
                    "user_id": self.app.user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
        }
        self._send(wrapped, user)
