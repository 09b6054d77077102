"""Admits requests from the page itself and from local programs, but from no other site.

Another site can make a browser send requests here with that site's Origin. It can also point its
name at 127.0.0.1 (DNS rebinding). Then it even reads the answers, but the Host is its own name.
Slack's own endpoints check neither: the Web API asks for a token, and a response_url is secret.
"""

from __future__ import annotations

import re
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SLACKS_OWN = ("/api/", "/response/")
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_WORDS = (
    "The playground takes no requests from another site. Open it by the address that it prints, "
    "or start it with --allow-host and the name that you use.\n"
)


class Doorkeeper:
    """Refuses a foreign Host, and any Origin but the page's own."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str] = frozenset()) -> None:
        self.app = app
        self.allowed = LOOPBACK_NAMES | {name.lower() for name in allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._lets_in(scope):
            # A client that has disconnected gets no answer.
            with suppress(ClientDisconnect):
                await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = PlainTextResponse(_WORDS, 403)
            await refusal(scope, receive, send)

    def _lets_in(self, scope: Scope) -> bool:
        if scope["path"].startswith(_SLACKS_OWN):
            return True
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        named = _HOST.fullmatch(host)
        if named is None or named["name"] not in self.allowed:
            return False
        origin = headers.get("origin")
        return origin is None or origin.lower() in (f"http://{host}", f"https://{host}")
