"""The only address for Slack's requests.

It limits the size, then checks the signature and the shape, then calls Bolt. The order matters. A
forger's bytes cost one HMAC, whatever they contain. Parsing a form of 110,000 fields would stop
everything else for a third of a second.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from handlers.http.signature import is_signed, may_be_signed
from handlers.http.timed_app import UNREAD, Observer
from handlers.http.wellformed import UNREADABLE

logger = logging.getLogger("tocsin.handlers")

LARGEST_BODY = 1_000_000
"""In bytes. A view has at most 250 kB, and it comes back with its state."""


def _untold() -> None:
    return


def _unseen(_payload: str, _status: int, _seconds: float) -> None:
    return


@dataclass(frozen=True, slots=True)
class Door:
    """Answers each request, from Slack or from a forger.

    `secret` is Slack's signing secret. `observe` gets each request that is refused before its body
    is parsed. `wrongly_signed` is called for each request with a wrong signature.
    """

    app: AsyncApp
    secret: str
    observe: Observer = _unseen
    wrongly_signed: Callable[[], None] = _untold

    async def receive(self, request: Request) -> Response:
        began = time.monotonic()
        body = await self._admitted(request)
        if isinstance(body, bytes):
            return await self._dispatched(request, body)
        self.observe(UNREAD, body.status_code, time.monotonic() - began)
        return body

    async def _admitted(self, request: Request) -> bytes | Response:
        """Return the bytes that Slack signed, or a refusal of the request.

        In Socket Mode nothing from Slack arrives here, so every request is refused.
        """
        if not may_be_signed(request.headers):
            return PlainTextResponse("The request is not signed.", 401)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return PlainTextResponse("", 400)
        if body is None:
            return PlainTextResponse("The request is too large.", 413)
        if not is_signed(self.secret, request.headers, body, time.time()):
            self.wrongly_signed()
            return PlainTextResponse("The signature is wrong.", 401)
        return body

    async def _dispatched(self, request: Request, body: bytes) -> Response:
        try:
            # Without the query: no signature covers it.
            inbound = AsyncBoltRequest(body=body.decode("utf-8"), headers=dict(request.headers))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # Not UTF-8, not JSON, or JSON of another shape: Slack would not send it.
            return PlainTextResponse(UNREADABLE, 400)
        try:
            return to_starlette_response(await self.app.async_dispatch(inbound))
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            # Bolt read something that `wellformed` does not describe. Listeners raise nothing.
            logger.warning("A request cannot be read: %s", type(error).__name__)
            return PlainTextResponse(UNREADABLE, 400)


async def _body(request: Request) -> bytes | None:
    """Read the body; None if it is too large. The announced length may be wrong."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        return None
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST_BODY:
            return None
    return bytes(read)
