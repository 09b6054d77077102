"""Bolt's app, with a measurement of how long each request takes."""

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

Observer = Callable[[str, int, float], None]
"""Gets each request's kind of payload, the status of its answer, and the seconds."""

UNREAD = "other"
"""The kind of a payload that was refused unread."""

_PAYLOADS = {
    "block_actions": "click",
    "view_submission": "form",
    "view_closed": "form",
    "shortcut": "shortcut",
    "message_action": "shortcut",
    "event_callback": "event",
    "url_verification": "event",
    "app_rate_limited": "event",
}


Answering = Callable[[str | None, Mapping[str, Any]], Awaitable[bool]]
"""Posts an answer to a response_url if that is allowed, and returns whether Slack took it."""


class OurWays(AsyncMiddleware):
    """Replaces Bolt's client and its `respond` in each request.

    Bolt makes a client of its own kind for each request, and our client sees none of its calls.
    Bolt's `respond` posts to any address in the request, and posts again after a reset.

    This is a class, because Bolt gathers thirty arguments for a function at every request.
    """

    def __init__(self, client: AsyncWebClient, answering: Answering) -> None:
        self._client = client
        self._answering = answering

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's signature
    ) -> BoltResponse | None:
        req.context["client"] = self._client
        req.context["respond"] = partial(self._answering, req.context.response_url)
        return await next()


class TimedApp(AsyncApp):
    """Every request passes through here, in Socket Mode too."""

    def __init__(self, observe: Observer, answering: Answering, **given: Any) -> None:
        # Without a name, Bolt reads the file of every module to find one.
        super().__init__(name="tocsin", **given)
        self._observe = observe
        self.use(OurWays(self.client, answering))

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        began = time.monotonic()
        response = await super().async_dispatch(req)
        self._observe(payload_of(req.body), response.status, time.monotonic() - began)
        return response


def payload_of(body: Mapping[str, Any]) -> str:
    """Name the kind of a payload. An unverified payload may be anything."""
    if "command" in body:
        return "command"
    said = body.get("type")
    return _PAYLOADS.get(said, UNREAD) if isinstance(said, str) else UNREAD
