"""The playground as one web application: Web API, sockets, response URLs, control, page."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from playground.api.facts import calls_per_minute
from playground.config import PlaygroundConfig
from playground.control import routes
from playground.facade import Playground
from playground.web import webapi
from playground.web.doorkeeper import Doorkeeper
from playground.web.refusal import Refusal


def create_app(config: PlaygroundConfig) -> Starlette:
    """Create the app. Its `state.playground` is the Playground. Tell that where it listens."""
    slack = Playground(config, calls_per_minute())
    app = Starlette(
        routes=[
            Route("/healthz", _healthz),
            Route("/api/{method}", webapi.endpoint, methods=["GET", "POST"]),
            Route("/response/{key}", _response_url, methods=["POST"]),
            WebSocketRoute("/link", _socket),
            *routes.routes(),
            *_page_routes(),
        ],
        middleware=[Middleware(Doorkeeper, allowed=config.allowed_hosts)],
        lifespan=_lifespan,
    )
    app.state.playground = slack
    return app


def _page_routes() -> list[BaseRoute]:
    """The routes of the browser page. The playground also runs without that package."""
    if importlib.util.find_spec("playground.page") is None:
        return []
    page = importlib.import_module("playground.page")
    return list(page.routes())


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    slack: Playground = app.state.playground
    try:
        yield
    finally:
        slack.closing.set()
        await slack.close()


async def _healthz(request: Request) -> Response:
    slack: Playground = request.app.state.playground
    return JSONResponse(
        {
            "ok": True,
            "team": slack.workspace.team_id,
            "sockets": len(slack.sockets.connections),
            "offset": slack.clock.offset,
        }
    )


async def _response_url(request: Request) -> Response:
    slack: Playground = request.app.state.playground
    try:
        payload = await request.json()
    except ValueError:
        return JSONResponse({"ok": False, "error": "invalid_payload"}, status_code=400)
    try:
        slack.answers.to_response_url(request.path_params["key"], payload)
    except Refusal as refusal:
        gone = refusal.code in ("expired_url", "used_url")
        return JSONResponse(refusal.body(), status_code=404 if gone else 400)
    return PlainTextResponse("ok")


async def _socket(socket: WebSocket) -> None:
    slack: Playground = socket.app.state.playground
    await slack.sockets.serve(socket)
