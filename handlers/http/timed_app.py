"""Bolt's app that says how long each request took until it was answered."""

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

Observer = Callable[[str, int, float], None]
"""Told of each request: the kind of its payload, the status of the answer, the seconds."""

UNREAD = "other"
"""The kind of a payload that was refused before it was read."""

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
"""Posts an answer to a response_url, if it may; returns whether it was taken."""


class OurWays(AsyncMiddleware):
    """Bolt makes a client of its own kind for each request: no one sees its calls.

    Its `respond` is another: it posts wherever the request says, and once more after a reset.
    A class, not a function: for one, Bolt gathers thirty arguments at every request.
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
    """All requests pass here, those of Socket Mode too."""

    def __init__(self, observe: Observer, answering: Answering, **given: Any) -> None:
        # Without a name, Bolt looks at the file of every module there is, to find one.
        super().__init__(name="tocsin", **given)
        self._observe = observe
        self.use(OurWays(self.client, answering))

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        began = time.monotonic()
        response = await super().async_dispatch(req)
        self._observe(payload_of(req.body), response.status, time.monotonic() - began)
        return response


def payload_of(body: Mapping[str, Any]) -> str:
    """Name the kind of a payload; unverified payloads may be anything."""
    if "command" in body:
        return "command"
    said = body.get("type")
    return _PAYLOADS.get(said, UNREAD) if isinstance(said, str) else UNREAD
