"""The one address for what Slack sends: bounded, well formed, then Bolt.

Bolt itself checks the signature and the age of a request, and answers 401.
"""

import logging

from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from handlers.wellformed import UNREADABLE

logger = logging.getLogger("tocsin.handlers")

LARGEST_BODY = 1_000_000
"""Bytes. A view has at most 250 kB, and comes back with its state."""
LONGEST_STAMP = 18
"""Digits of seconds since 1970; Python refuses to read thousands of them."""


async def receive(app: AsyncApp, request: Request) -> Response:
    """Answer one request from Slack, or from a forger."""
    if not _may_be_signed(request):
        return PlainTextResponse("The request is not signed.", 401)
    try:
        body = await _body(request)
    except ClientDisconnect:
        return PlainTextResponse("", 400)
    if body is None:
        return PlainTextResponse("The request is too large.", 413)
    try:
        inbound = AsyncBoltRequest(
            body=body.decode("utf-8"),
            query=dict(request.query_params),
            headers=dict(request.headers),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # Not UTF-8, not JSON, or JSON of another shape: nothing that Slack would send.
        return PlainTextResponse(UNREADABLE, 400)
    try:
        return to_starlette_response(await app.async_dispatch(inbound))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        # Bolt, reading what `wellformed` does not describe; listeners raise nothing.
        logger.warning("A request cannot be read: %s", type(error).__name__)
        return PlainTextResponse(UNREADABLE, 400)


def _may_be_signed(request: Request) -> bool:
    """Whether there is a signature to check: slack_sdk's check fails with an exception on others.

    In Socket Mode nothing comes in here but what is not Slack's; it is refused alike.
    """
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    readable = stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST_STAMP
    return readable and signature.isascii() and signature != ""


async def _body(request: Request) -> bytes | None:
    """Read the body, None when it is too large; the length that is announced may be a lie."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        return None
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > LARGEST_BODY:
            return None
    return bytes(read)
