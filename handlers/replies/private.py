"""Sends one person a message after the acknowledgement, in the first way that works."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.render.message import Message
from handlers.answers import Instead


class Respond(Protocol):
    """Answers through the request's response_url. `TimedApp` uses it in place of Bolt's."""

    async def __call__(self, message: Mapping[str, Any]) -> bool:
        """Return whether Slack took the message; False if the request has no response_url."""


@dataclass(frozen=True, slots=True)
class PrivateReplies:
    """Answers next to the request, through its response_url, or else directly.

    A response_url lasts half an hour and takes five answers. Some requests have none.
    """

    client: AsyncWebClient
    respond: Respond
    user: str
    thread_ts: str | None = None

    @classmethod
    def back(
        cls, client: AsyncWebClient, respond: Respond, body: Mapping[str, Any]
    ) -> "PrivateReplies":
        """Return the replies to this request's sender."""
        user = body.get("user")
        return cls(
            client,
            respond,
            str(user["id"] if isinstance(user, Mapping) else body.get("user_id")),
            (body.get("container") or {}).get("thread_ts"),
        )

    async def __call__(self, message: Message) -> None:
        if not await self._beside(message):
            await self.client.chat_postMessage(
                channel=self.user, text=message.text, blocks=message.blocks
            )

    async def _beside(self, message: Message) -> bool:
        return await self.respond(
            {
                "text": message.text,
                "blocks": message.blocks,
                "response_type": "ephemeral",
                "replace_original": isinstance(message, Instead),
                "thread_ts": self.thread_ts,
            }
        )
