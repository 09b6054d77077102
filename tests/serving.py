"""Serves a web application on loopback, in a test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.web.serving import LoopbackServer, bound


def door(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Starlette:
    """Return an application that accepts posts to one path."""
    return Starlette(routes=[Route(path, endpoint, methods=["POST"])])


@asynccontextmanager
async def served(
    app: Starlette, listening: socket.socket | None = None, **how: Any
) -> AsyncIterator[str]:
    """Serve until the block ends, on a free port or on that of `listening`. Yield the address.

    `how` has further settings of uvicorn.
    """
    listening = listening or bound("127.0.0.1", 0)
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, lifespan="on", **how
    )
    config.timeout_graceful_shutdown = 1
    server = LoopbackServer(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    await server.listening.wait()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.stop()
        await task
        listening.close()
