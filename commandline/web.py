"""HTTP: Slack's requests, health, readiness and metrics."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.errors import StoreUnavailable
from bot.store import outbox_health, timers
from commandline import acknowledging
from commandline.migrations import pending
from commandline.runtime import Tocsin
from handlers.door import receive

STALE = timedelta(seconds=30)


def create_app(tocsin: Tocsin) -> Starlette:
    """Return the ASGI app; its lifespan starts and stops the bot."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await tocsin.start()
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
        # In Socket Mode there is no secret to check a request with: the door does not exist.
        routes.append(Route("/slack/events", _slack(tocsin), methods=["POST"]))
    if tocsin.settings.public_url is not None:
        press = acknowledging.endpoint(lambda: tocsin.shell, tocsin.settings.link_secret)
        routes.append(Route("/ack/{token}", press, methods=["GET", "POST"]))
    return Starlette(routes=routes, lifespan=lifespan)


Endpoint = Callable[[Request], Awaitable[Response]]


def _slack(tocsin: Tocsin) -> Endpoint:
    async def slack(request: Request) -> Response:
        return await receive(tocsin.bolt, request)

    return slack


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _ready(tocsin: Tocsin) -> Endpoint:
    async def ready(_request: Request) -> Response:
        problems = await _problems(tocsin)
        return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)

    return ready


async def _problems(tocsin: Tocsin) -> list[str]:
    """Return why this process should get no traffic, each a sentence; none when it is well."""
    figures, real = tocsin.figures, tocsin.clock.real()
    problems = []
    if figures.last_tick is None or real - figures.last_tick > STALE:
        problems.append("the tick has not run for 30 seconds")
    if figures.last_claim is None or real - figures.last_claim > STALE:
        problems.append("the relay has not looked for work for 30 seconds")
    if figures.lost_token is not None:
        problems.append(f"Slack refuses the bot token ({figures.lost_token})")
    if tocsin.workspace is None:
        problems.append("Slack has not answered yet")
    try:
        if await tocsin.threads.read(pending, tocsin.db):
            problems.append("the database is not migrated: run 'python app.py migrate'")
    except StoreUnavailable:
        problems.append("the database does not answer")
    return problems


def _metrics(tocsin: Tocsin) -> Endpoint:
    async def metrics(_request: Request) -> Response:
        await tocsin.threads.read(_measure, tocsin)
        return Response(generate_latest(tocsin.figures.registry), media_type="text/plain")

    return metrics


def _measure(tocsin: Tocsin) -> None:
    """Read what only the database knows."""
    now = tocsin.clock.now()
    with tocsin.db.reading() as tx:
        waiting = outbox_health.depth(tx)
        overdue = [outbox_health.oldest_overdue(tx, now), timers.oldest_overdue(tx, now)]
    tocsin.figures.waiting.clear()
    for state, count in waiting.items():
        tocsin.figures.waiting.labels(state=state).set(count)
    since = [moment for moment in overdue if moment is not None]
    oldest = max(((now - moment).total_seconds() for moment in since), default=0.0)
    tocsin.figures.oldest_due.set(oldest)
