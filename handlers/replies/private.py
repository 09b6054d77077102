"""Saying something to one person after the acknowledgement, by the first way that works."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.render.message import Message
from handlers.answers import Instead


class Respond(Protocol):
    """Answers through the request's response_url; `TimedApp` puts it in the place of Bolt's."""

    async def __call__(self, message: Mapping[str, Any]) -> bool:
        """Return whether Slack took it; False where the request has no response_url."""


@dataclass(frozen=True, slots=True)
class PrivateReplies:
    """Beside what the person did, through the request's response_url; else directly.

    A response_url lives half an hour and takes five answers; some requests have none.
    """

    client: AsyncWebClient
    respond: Respond
    user: str
    thread_ts: str | None = None

    @classmethod
    def back(
        cls, client: AsyncWebClient, respond: Respond, body: Mapping[str, Any]
    ) -> "PrivateReplies":
        """To the sender of this request."""
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
