"""The payloads of commands and interactions, field by field as Slack sends them."""

from __future__ import annotations

from playground.sending.installed_app import InstalledApp
from playground.sending.shapes import Shapes
from playground.state.records import Channel, Json, Message, View
from playground.state.triggers import ResponseUrls, Triggers
from playground.state.workspace import Workspace
from playground.virtual_time import VirtualTime

_TOKEN = "playground"


class Payloads:
    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        shapes: Shapes,
        triggers: Triggers,
        responses: ResponseUrls,
    ) -> None:
        self.workspace = workspace
        self.app = app
        self.shapes = shapes
        self.triggers = triggers
        self.responses = responses

    @property
    def clock(self) -> VirtualTime:
        return self.workspace.clock

    def command(self, user: str, channel: Channel, command: str, text: str) -> Json:
        return {
            "token": _TOKEN,
            "team_id": self.workspace.team_id,
            "team_domain": self.workspace.domain,
            "channel_id": channel.id,
            "channel_name": self.shapes.channel_stub(channel)["name"],
            "user_id": user,
            "user_name": self.workspace.people[user].name,
            "command": command,
            "text": text,
            "api_app_id": self.app.app_id,
            "is_enterprise_install": "false",
            "response_url": self.responses.issue(user, channel.id),
            "trigger_id": self.triggers.issue(user),
        }

    def message_action(
        self, user: str, message: Message, action: Json, state: dict[str, dict[str, Json]]
    ) -> Json:
        """`block_actions` of an element in a message."""
        channel = self.workspace.channels[message.channel]
        ephemeral = message.ephemeral_to is not None
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        }
        if message.is_reply:
            container["thread_ts"] = message.thread_ts
        payload = self._interaction("block_actions", user) | {
            "container": container,
            "trigger_id": self.triggers.issue(user),
            "channel": self.shapes.channel_stub(channel),
            "state": {"values": state},
            "response_url": self.responses.issue(
                user, channel.id, message_ts=message.ts, thread_ts=message.thread_ts
            ),
            "actions": [action],
        }
        if not ephemeral:
            payload["message"] = self.shapes.message(message, metadata=True)
        return payload

    def view_action(self, user: str, view: View, action: Json) -> Json:
        """`block_actions` of an element in a modal or on the home tab."""
        return self._interaction("block_actions", user) | {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self.triggers.issue(user),
            "view": self.shapes.view(view),
            "actions": [action],
        }

    def view_submission(self, user: str, view: View) -> Json:
        return self._interaction("view_submission", user) | {
            "trigger_id": self.triggers.issue(user),
            "view": self.shapes.view(view),
            "response_urls": self._chosen_channels(user, view),
        }

    def view_closed(self, user: str, view: View, *, is_cleared: bool) -> Json:
        return self._interaction("view_closed", user) | {
            "view": self.shapes.view(view),
            "is_cleared": is_cleared,
        }

    def message_shortcut(self, user: str, callback_id: str, message: Message) -> Json:
        channel = self.workspace.channels[message.channel]
        return self._interaction("message_action", user) | {
            "action_ts": self.clock.next_ts(),
            "callback_id": callback_id,
            "trigger_id": self.triggers.issue(user),
            "response_url": self.responses.issue(user, channel.id, thread_ts=message.thread_ts),
            "channel": self.shapes.channel_stub(channel),
            "message_ts": message.ts,
            "message": self.shapes.message(message, metadata=True),
        }

    def global_shortcut(self, user: str, callback_id: str) -> Json:
        return self._interaction("shortcut", user) | {
            "action_ts": self.clock.next_ts(),
            "callback_id": callback_id,
            "trigger_id": self.triggers.issue(user),
        }

    def _interaction(self, kind: str, user: str) -> Json:
        return {
            "type": kind,
            "user": self.shapes.user_stub(user),
            "api_app_id": self.app.app_id,
            "token": _TOKEN,
            "team": self.shapes.team_stub(),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _chosen_channels(self, user: str, view: View) -> list[Json]:
        """A response_url for each channel picked in a select with `response_url_enabled`."""
        chosen = []
        for block in view.blocks:
            element = block.get("element") or {}
            if not element.get("response_url_enabled"):
                continue
            entry = view.state.get(block["block_id"], {}).get(element["action_id"], {})
            channel = entry.get("selected_conversation") or entry.get("selected_channel")
            if channel:
                chosen.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": self.responses.issue(user, channel),
                    }
                )
        return chosen
