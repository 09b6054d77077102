"""The HTTP routes: Slack's requests, links, health, readiness and metrics."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from commandline.server import link_server
from commandline.server.runtime import Tocsin
from handlers.http.door import Door

Beside = Callable[[], Coroutine[Any, Any, None]]


def create_app(tocsin: Tocsin, beside: Beside | None = None) -> Starlette:
    """Return the ASGI app. Its lifespan starts and stops the bot and the `beside` coroutine."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await tocsin.start()
        if beside is not None:
            tocsin.go_on(beside())
        try:
            yield
        finally:
            await tocsin.stop()

    routes = [
        Route("/healthz", _health, methods=["GET"]),
        Route("/readyz", _ready(tocsin), methods=["GET"]),
        Route("/metrics", _metrics(tocsin), methods=["GET"]),
    ]
    if not tocsin.settings.socket_mode:
        # Socket Mode has no secret to check a request with, so it has no such route.
        routes.append(Route("/slack/events", _slack(tocsin), methods=["POST"]))
    if tocsin.settings.public_url is not None:
        press = link_server.endpoint(lambda: tocsin.shell, tocsin.settings.link_secret)
        routes.append(Route("/ack/{token}", press, methods=["GET", "POST"]))
    return Starlette(routes=routes, lifespan=lifespan)


Endpoint = Callable[[Request], Awaitable[Response]]


def _slack(tocsin: Tocsin) -> Endpoint:
    async def slack(request: Request) -> Response:
        secret, figures = tocsin.settings.signing_secret, tocsin.figures
        door = Door(tocsin.bolt, secret, figures.answered, tocsin.hearing.wrongly_signed)
        return await door.receive(request)

    return slack


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _ready(tocsin: Tocsin) -> Endpoint:
    async def ready(_request: Request) -> Response:
        # Run both at once: if the database hangs, each takes nearly as long as a probe waits.
        problems, refused = await asyncio.gather(tocsin.vitals.problems(), tocsin.vitals.refused())
        # A lane that Slack refuses must not take a replica out of traffic: other lanes go on.
        told = {"ready": not problems, "problems": problems, "refused": refused}
        return JSONResponse(told, 503 if problems else 200)

    return ready


def _metrics(tocsin: Tocsin) -> Endpoint:
    async def metrics(_request: Request) -> Response:
        await tocsin.threads.read(
            tocsin.standing.measure, tocsin.db, tocsin.time_source.now(), tocsin.time_source.real()
        )
        text = generate_latest(tocsin.figures.registry)
        return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

    return metrics
