"""The bare minimum for comparison: Bolt, Starlette and uvicorn, with only an ack.

`python -m bench.baselines.bare PORT SECRET`. It checks signatures, as Bolt does by default.
"""

import sys

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-bare", bot_user_id="U0BOT"
    )


async def _escalate(ack: AsyncAck) -> None:
    await ack()


def application(secret: str) -> Starlette:
    """Return the ASGI app."""
    bolt = AsyncApp(signing_secret=secret, authorize=_authorize, process_before_response=True)
    bolt.command("/escalate")(_escalate)
    handler = AsyncSlackRequestHandler(bolt)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/healthz", health, methods=["GET"]),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
    )
