"""Handles an event, then acknowledges it. After an error of ours, Slack sends it again."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers.errors import Failure, attempt
from handlers.events import EVENTS
from handlers.events.event import Event
from handlers.shell import Shell

TRY_AGAIN = 503


def listener(shell: Shell) -> Callable[..., Awaitable[BoltResponse]]:
    async def happened(
        body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> BoltResponse:
        data = body.get("event") or {}
        handler = EVENTS.get(str(data.get("type")))
        if handler is None:
            return BoltResponse(status=200, body="")
        event = Event(shell, context, client, data, body.get("event_id"))
        result = await attempt(handler(event), f"The event {data.get('type')}")
        failed = isinstance(result, Failure) and not result.refused
        return BoltResponse(status=TRY_AGAIN if failed else 200, body="")

    return happened
