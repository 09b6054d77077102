"""Server-sent events: which parts of a person's page are out of date.

An event carries no content. The page fetches the part again, so that everything that a person sees
passes through the same rendering and the same check of what they may see.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import assert_never

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from playground.page.visit import Visit
from playground.state.change_feed import Change, Subscription

#: Changes come in bursts; a page that is told of each would fetch the same part many times.
_GATHER_SECONDS = 0.03
#: A comment now and then: it finds out that no one listens any more.
_HEARTBEAT_SECONDS = 15


def parts(change: Change, person: str) -> Iterator[str]:
    """The names of the page's parts that this change makes out of date for this person.

    The side bar shows who else is waited for, so it listens to what concerns others too.
    """
    match change.kind:
        case "message":
            yield "sidebar"
            if change.concerns(person):
                yield f"channel-{change.channel}"
                yield f"room-{change.channel}"
        case "read" | "person":
            yield "sidebar"
        case "channel":
            yield "sidebar"
            yield f"room-{change.channel}"
            yield f"foot-{change.channel}"
        case "view":
            if change.concerns(person):
                yield "modal"
        case "home":
            if change.concerns(person):
                yield "home"
        case "time":
            yield "time"
        case "faults" | "delivery":
            yield "weather"
        case "reset":
            yield "reset"
        case other:
            assert_never(other)


async def events(request: Request) -> Response:
    visit = Visit(request)
    return StreamingResponse(
        _stream(visit, visit.me),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(visit: Visit, person: str) -> AsyncIterator[str]:
    with visit.workspace.events.subscribe() as subscription:
        # What happened between the drawing of the page and this moment is not lost.
        here = visit.request.query_params.get("at", "")
        yield "retry: 1000\n\n" + _told(_everything(here))
        closing = visit.playground.closing
        while not closing.is_set():
            changes = await _gathered(subscription, closing)
            names = dict.fromkeys(name for change in changes for name in parts(change, person))
            yield _told(names) if names else ": still here\n\n"


async def _gathered(subscription: Subscription, closing: asyncio.Event) -> list[Change]:
    """The next changes, all that come within a moment; none after a quiet while or at the end."""
    first = asyncio.ensure_future(subscription.next())
    end = asyncio.ensure_future(closing.wait())
    try:
        await asyncio.wait(
            {first, end}, timeout=_HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if not first.done():
            return []
        await asyncio.sleep(_GATHER_SECONDS)
        return [first.result(), *subscription.waiting()]
    finally:
        first.cancel()
        end.cancel()


def _everything(here: str) -> list[str]:
    room = [f"channel-{here}", f"room-{here}", f"foot-{here}"] if here not in ("", "home") else []
    return ["sidebar", "modal", "home", "time", "weather", *room]


def _told(names: Iterable[str]) -> str:
    return "".join(f"event: {name}\ndata:\n\n" for name in names)


ROUTES: list[BaseRoute] = [Route("/client/{me}/events", events)]
