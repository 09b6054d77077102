"""`/control/…`: a JSON API for tests, benches and scripts outside the playground's process.

An operation is a POST of a JSON object to `/control/<name>`. A query is a GET. Requests name people
and channels by id or by name. `playground/README.md` lists all operations and queries.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground.control import acts, looks, stage
from playground.control.words import BadRequest
from playground.facade import Playground
from playground.state.records import Json

Operation: TypeAlias = Callable[[Playground, Json], Awaitable[Json]]

OPERATIONS: dict[str, Operation] = {**acts.OPERATIONS, **stage.OPERATIONS}
LOOKS = looks.LOOKS


def routes() -> list[BaseRoute]:
    return [
        Route("/control/{name}", _operate, methods=["POST"]),
        Route("/control/{name}", _look, methods=["GET"]),
    ]


async def _operate(request: Request) -> Response:
    slack: Playground = request.app.state.playground
    operation = OPERATIONS.get(request.path_params["name"])
    if operation is None:
        return _refused("unknown operation", 404)
    try:
        body = await request.json() if await request.body() else {}
        if not isinstance(body, dict):
            raise BadRequest("the body is a JSON object")
        return JSONResponse(await operation(slack, body))
    except (BadRequest, ValueError) as wrong:
        return _refused(str(wrong), 400)


async def _look(request: Request) -> Response:
    slack: Playground = request.app.state.playground
    look = LOOKS.get(request.path_params["name"])
    if look is None:
        return _refused("unknown question", 404)
    try:
        return JSONResponse(look(slack, dict(request.query_params)))
    except (BadRequest, ValueError) as wrong:
        return _refused(str(wrong), 400)


def _refused(words: str, status: int) -> Response:
    return JSONResponse({"ok": False, "error": words}, status_code=status)
