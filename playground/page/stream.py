"""Server-sent events that name the outdated parts of a person's page.

An event carries no content. The page fetches the part again, so everything passes through the same
rendering and the same check of what the person may see.
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

#: Changes come in bursts. An event for each would make the page fetch a part many times.
_GATHER_SECONDS = 0.03
#: How often to send a comment, which detects that the listener has gone.
_HEARTBEAT_SECONDS = 15


def parts(change: Change, person: str) -> Iterator[str]:
    """Yield the names of the page's parts that this change makes outdated for this person.

    The side bar also shows other people's mentions, so it depends on their changes too.
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
        # Refresh everything, so that changes since the page was drawn are not lost.
        here = visit.request.query_params.get("at", "")
        yield "retry: 1000\n\n" + _told(_everything(here))
        closing = visit.playground.closing
        while not closing.is_set():
            changes = await _gathered(subscription, closing)
            names = dict.fromkeys(name for change in changes for name in parts(change, person))
            yield _told(names) if names else ": still here\n\n"


async def _gathered(subscription: Subscription, closing: asyncio.Event) -> list[Change]:
    """Return the next burst of changes; none after a quiet time or at the end."""
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
