"""Slack's notice that it drops events: above 30,000 an hour in one workspace."""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse

logger = logging.getLogger("tocsin.handlers")

DROPPED = "app_rate_limited"


class DroppedEvents(AsyncMiddleware):
    """Answers `app_rate_limited`. It contains no event, so no listener of Bolt's handles it."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's signature
    ) -> BoltResponse | None:
        if req.body.get("type") != DROPPED:
            return await next()
        logger.warning("Slack drops events: the app gets more than 30,000 an hour")
        self._tell()
        return BoltResponse(status=200, body="")
