"""Builds Slack's JSON for messages, people, channels, groups and views."""

from __future__ import annotations

from typing import Any

from playground.sending.installed_app import InstalledApp
from playground.state.records import Channel, Json, Message, Person, UserGroup, View
from playground.state.workspace import Workspace

CHANNEL_TYPES = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}


ANOTHER_TEAM = "T0STRANGER"
"""The workspace of people from another organisation."""


class Shapes:
    """Leaves out `metadata` unless asked for it, as Slack does."""

    def __init__(self, workspace: Workspace, app: InstalledApp) -> None:
        self.workspace = workspace
        self.app = app

    def message(self, message: Message, *, metadata: bool = False, thread: bool = True) -> Json:
        body: Json = {
            "type": "message",
            "ts": message.ts,
            "user": message.user,
            "text": message.text,
            "team": self.workspace.team_id,
        }
        if message.subtype:
            body["subtype"] = message.subtype
        if message.blocks:
            body["blocks"] = message.blocks
        if message.bot_id:
            body |= {"bot_id": message.bot_id, "app_id": self.app.app_id}
            body["bot_profile"] = self.bot_profile()
        if message.edited:
            body["edited"] = {"user": message.user, "ts": message.edited}
        if message.reactions:
            body["reactions"] = self.reactions(message)
        if message.pinned:
            body["pinned_to"] = [message.channel]
        if metadata and message.metadata:
            body["metadata"] = message.metadata
        if message.files:
            body["files"] = message.files
        if message.thread_ts:
            body["thread_ts"] = message.thread_ts
        if thread:
            body |= self._thread(message)
        return body

    def reactions(self, message: Message) -> list[Json]:
        return [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]

    def bot_profile(self) -> Json:
        return {
            "id": self.app.bot_id,
            "app_id": self.app.app_id,
            "name": self.app.name,
            "deleted": False,
            "team_id": self.workspace.team_id,
        }

    def person(self, person: Person, *, email: bool = True) -> Json:
        profile: Json = {
            "real_name": person.real_name,
            "display_name": person.name,
            "real_name_normalized": person.real_name,
            "display_name_normalized": person.name,
            "title": person.title,
            "team": self.workspace.team_id,
        }
        if email and person.email:
            profile["email"] = person.email
        body: Json = {
            "id": person.id,
            "team_id": self.workspace.team_id,
            "name": person.name,
            "deleted": person.deleted,
            "color": person.color,
            "real_name": person.real_name,
            "tz": person.tz,
            "profile": profile,
            "is_admin": person.is_admin,
            "is_owner": False,
            "is_bot": person.is_bot,
            "is_restricted": person.is_restricted,
            "is_ultra_restricted": person.is_ultra_restricted,
            "is_app_user": False,
            "updated": 0,
        }
        if person.is_stranger:
            body |= {"is_stranger": not self._shares_a_channel(person), "team_id": ANOTHER_TEAM}
        if person.id == self.app.user_id:
            profile |= {"api_app_id": self.app.app_id, "bot_id": self.app.bot_id}
        return body

    def _shares_a_channel(self, person: Person) -> bool:
        """Whether the app shares a channel with a person: then they are no stranger in Slack."""
        rooms = self.workspace.channels.values()
        return any({person.id, self.app.user_id} <= set(room.members) for room in rooms)

    def channel(self, channel: Channel, *, members: bool = False) -> Json:
        if channel.is_im:
            return self._direct(channel)
        latest = self.app.user_id in channel.members
        body: Json = {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": channel.kind == "public_channel",
            "is_group": channel.kind == "private_channel",
            "is_im": False,
            "is_mpim": channel.is_mpim,
            "is_private": channel.is_private,
            "is_archived": channel.is_archived,
            "is_read_only": channel.is_read_only,
            "is_general": channel.name == "general",
            "is_member": latest,
            "created": channel.created,
            "creator": channel.creator,
            "context_team_id": self.workspace.team_id,
            "topic": {"value": channel.topic, "creator": channel.creator, "last_set": 0},
            "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": 0},
        }
        if members:
            body["num_members"] = len(channel.members)
        return body

    def group(self, group: UserGroup, *, users: bool = False, count: bool = False) -> Json:
        body: Json = {
            "id": group.id,
            "team_id": self.workspace.team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": group.name,
            "handle": group.handle,
            "description": "",
            "is_external": False,
            "date_delete": 0,
        }
        if users:
            body["users"] = list(group.members)
        if count:
            body["user_count"] = len(group.members)
        return body

    def view(self, view: View) -> Json:
        """A view as in answers and interactions, with its id, its hash and the entries."""
        payload = view.payload
        body: Json = {
            "id": view.id,
            "team_id": self.workspace.team_id,
            "type": view.type,
            "blocks": view.blocks,
            "private_metadata": view.private_metadata,
            "callback_id": view.callback_id,
            "external_id": view.external_id,
            "state": {"values": view.state},
            "hash": view.hash,
            "title": payload.get("title"),
            "submit": payload.get("submit"),
            "close": payload.get("close"),
            "clear_on_close": bool(payload.get("clear_on_close")),
            "notify_on_close": bool(payload.get("notify_on_close")),
            "previous_view_id": view.previous_view_id,
            "root_view_id": view.root_view_id,
            "app_id": self.app.app_id,
            "app_installed_team_id": self.workspace.team_id,
            "bot_id": self.app.bot_id,
        }
        return body

    def user_stub(self, user: str) -> Json:
        """The short form that interactions carry."""
        person = self.workspace.people[user]
        return {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": ANOTHER_TEAM if person.is_stranger else self.workspace.team_id,
        }

    def channel_stub(self, channel: Channel) -> Json:
        if channel.is_im:
            return {"id": channel.id, "name": "directmessage"}
        return {"id": channel.id, "name": "privategroup" if channel.is_private else channel.name}

    def team_stub(self) -> Json:
        return {"id": self.workspace.team_id, "domain": self.workspace.domain}

    def _direct(self, channel: Channel) -> Json:
        others = [who for who in channel.members if who != self.app.user_id]
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_archived": channel.is_archived,
            "user": others[0] if others else self.app.user_id,
            "is_open": True,
        }

    def _thread(self, message: Message) -> dict[str, Any]:
        if message.is_reply:
            return {}
        replies = self.workspace.replies(message.channel, message.ts)
        if not replies:
            return {}
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": sorted({reply.user for reply in replies}),
            "latest_reply": replies[-1].ts,
        }
