"""Posts the app's answers to a person: the body of a command's acknowledgement, and requests to a
response_url."""

from __future__ import annotations

from typing import Any

from playground.sending.installed_app import InstalledApp
from playground.state import elements
from playground.state.records import Json, Message
from playground.state.rooms import Rooms
from playground.state.triggers import ResponseUrl, ResponseUrls
from playground.state.workspace import Workspace
from playground.web.refusal import Refusal
from slack_rules import check_message
from slack_rules.limits import LONGEST


class Answers:
    def __init__(
        self, workspace: Workspace, app: InstalledApp, rooms: Rooms, responses: ResponseUrls
    ) -> None:
        self.workspace = workspace
        self.app = app
        self.rooms = rooms
        self.responses = responses

    def to_command(self, user: str, channel: str, body: Any) -> Message | None:
        """Post a command's answer: text, or a message as JSON. An empty answer posts nothing."""
        if body is None or body == {}:
            return None
        payload = {"text": body} if isinstance(body, str) else body
        if not isinstance(payload, dict):
            raise Refusal("invalid_command_response")
        payload = {name: value for name, value in payload.items() if value is not None}
        if check_message(payload):
            raise Refusal("invalid_command_response")
        return self._post(payload, user, channel, payload.get("thread_ts"))

    def to_response_url(self, key: str, payload: Any) -> None:
        """Post to a response_url: five uses in thirty minutes, ephemeral unless `in_channel`."""
        if not isinstance(payload, dict):
            raise Refusal("invalid_payload")
        payload = {name: value for name, value in payload.items() if value is not None}
        problems = check_message(payload)
        url = self.responses.use(key)
        if problems:
            if all(problem.code == "no_text" for problem in problems):
                raise Refusal("no_text")
            raise Refusal.of_payload("invalid_blocks", problems)
        if not self._on_original(url, payload):
            thread = payload.get("thread_ts") or url.thread_ts
            self._post(payload, url.user, url.channel, thread)

    def _on_original(self, url: ResponseUrl, payload: Json) -> bool:
        """Replace or delete the message that the interaction came from, if asked."""
        if url.message_ts is None:
            return False
        original = self.workspace.message(url.channel, url.message_ts)
        if payload.get("delete_original"):
            if original is not None:
                self.rooms.delete(original)
            return True
        if payload.get("replace_original") and original is not None:
            blocks = self._named(payload)
            self.rooms.edit(original, text=str(payload.get("text") or ""), blocks=blocks)
            return True
        return False

    def _post(self, payload: Json, user: str, channel: str, thread_ts: str | None) -> Message:
        public = payload.get("response_type") == "in_channel"
        return self.rooms.post(
            Message(
                ts=self.workspace.clock.next_ts(),
                channel=channel,
                user=self.app.user_id,
                text=str(payload.get("text") or "")[: LONGEST["message.text"]],
                blocks=self._named(payload),
                metadata=payload.get("metadata"),
                thread_ts=thread_ts,
                bot_id=self.app.bot_id,
                ephemeral_to=None if public else user,
            )
        )

    def _named(self, payload: Json) -> list[Json]:
        return elements.with_ids(
            payload.get("blocks") or [], lambda: f"b{self.workspace.next_number('block'):06x}"
        )
