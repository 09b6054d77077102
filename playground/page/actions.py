"""A person's actions: each request calls one method of the playground.

The answer is empty. Changes reach this page, like all others, through the event stream.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from playground.outcomes import Outcome
from playground.page.shown import modals
from playground.page.shown.choices import Place, places, pressed_value, read_field_name, read_form
from playground.page.visit import SECURITY, Visit, html
from playground.state.records import Json

_STEPS = {"5m": 300, "1h": 3600, "1d": 86400}


async def send(request: Request) -> Response:
    """Send a message or a slash command."""
    visit = Visit(request)
    text = (await visit.field("text")).replace("\r\n", "\n").strip()
    thread_ts = await visit.field("thread_ts") or None
    if not text:
        return _done()
    return _told_once(await visit.playground.send_message(visit.me, visit.room.id, text, thread_ts))


async def read(request: Request) -> Response:
    visit = Visit(request)
    me, room, markers = visit.me, visit.room, visit.workspace.read_markers
    latest = visit.workspace.latest_ts(room.id)
    if me in room.members and latest > markers.last_read(me, room.id):
        markers.read(me, room.id)
    return _done()


async def join(request: Request) -> Response:
    visit = Visit(request)
    return _told(await visit.playground.join_channel(visit.me, visit.room.id))


async def leave(request: Request) -> Response:
    visit = Visit(request)
    outcome = await visit.playground.leave_channel(visit.me, visit.room.id)
    if not outcome.ok:
        return _told(outcome)
    # A person who left a private channel can no longer see it.
    return Response(status_code=204, headers={**SECURITY, "HX-Redirect": visit.base})


async def click(request: Request) -> Response:
    """Use an element of a message."""
    visit = Visit(request)
    message = visit.message
    fields = await visit.fields()
    place = _pressed(fields, message.blocks)
    values = read_form(fields, message.blocks, visit.reader.me.tz)
    choice = pressed_value(place, values, _one(fields, "option"))
    return _told_once(
        await visit.playground.click(
            visit.me, visit.room.id, message.ts, place.block_id, place.action_id, choice, values
        )
    )


async def react(request: Request) -> Response:
    visit = Visit(request)
    name = await visit.field("name")
    return _told(await visit.playground.react(visit.me, visit.room.id, visit.message.ts, name))


async def pin(request: Request) -> Response:
    visit = Visit(request)
    return _told(await visit.playground.pin(visit.me, visit.room.id, visit.message.ts))


async def delete(request: Request) -> Response:
    visit = Visit(request)
    return _told(await visit.playground.delete_message(visit.me, visit.room.id, visit.message.ts))


async def message_shortcut(request: Request) -> Response:
    visit = Visit(request)
    callback_id = await visit.field("callback_id")
    ts = visit.message.ts
    return _told_once(
        await visit.playground.shortcut_on_message(visit.me, callback_id, visit.room.id, ts)
    )


async def global_shortcut(request: Request) -> Response:
    visit = Visit(request)
    callback_id = await visit.field("callback_id")
    return _told(await visit.playground.global_shortcut(visit.me, callback_id))


async def open_home(request: Request) -> Response:
    visit = Visit(request)
    return _told(await visit.playground.open_home(visit.me))


async def click_view(request: Request) -> Response:
    visit = Visit(request)
    view = visit.view
    fields = await visit.fields()
    place = _pressed(fields, view.blocks)
    # If the app has redrawn the form since, inputs missing in the old one do not count as empty.
    current = _one(fields, "drawn") in (None, view.hash)
    values = read_form(fields, view.blocks, visit.reader.me.tz, only_given=not current)
    choice = pressed_value(place, values, _one(fields, "option"))
    return _told(
        await visit.playground.click_view(
            visit.me, view.id, place.block_id, place.action_id, choice, values
        )
    )


async def submit_view(request: Request) -> Response:
    """Submit, and return the new stack: with errors at the fields, one view less, or none."""
    visit = Visit(request)
    view = visit.view
    values = read_form(await visit.fields(), view.blocks, visit.reader.me.tz)
    await visit.playground.submit_view(visit.me, view.id, values)
    return html(modals.draw_modals(visit.reader))


async def close_view(request: Request) -> Response:
    visit = Visit(request)
    all_views = await visit.field("all") == "yes"
    return _told(await visit.playground.close_view(visit.me, visit.view.id, all_views=all_views))


async def advance(request: Request) -> Response:
    visit = Visit(request)
    step = _STEPS.get(await visit.field("by"))
    if step is None:
        raise HTTPException(400, "Time moves on by 5m, 1h or 1d.")
    await visit.playground.advance(step)
    return _done()


async def redeliver(request: Request) -> Response:
    visit = Visit(request)
    return _told(await visit.playground.redeliver(int(request.path_params["seq"])))


def _pressed(fields: dict[str, list[str]], blocks: list[Json]) -> Place:
    """Return the used element. It must be in these blocks."""
    named = read_field_name(_one(fields, "pressed") or "")
    for place in places(blocks):
        if (place.block_id, place.action_id) == named:
            return place
    raise HTTPException(409, "This has changed in the meantime. Try again.")


def _one(fields: dict[str, list[str]], name: str) -> str | None:
    return next(iter(fields.get(name, [])), None)


Endpoint = Callable[[Request], Awaitable[Response]]


def from_the_page(endpoint: Endpoint) -> Endpoint:
    """Refuse requests that another site makes the browser send: they lack htmx's header."""

    @wraps(endpoint)
    async def checked(request: Request) -> Response:
        if "hx-request" not in request.headers:
            raise HTTPException(403, "Only the page itself may ask for this.")
        return await endpoint(request)

    return checked


def _done() -> Response:
    return Response(status_code=204, headers=SECURITY)


def _told(outcome: Outcome) -> Response:
    """An empty answer, or one with a notice that the page shows for a while."""
    if outcome.ok:
        return _done()
    notice = json.dumps({"notice": modals.problem(outcome.error)})
    return Response(status_code=204, headers={**SECURITY, "HX-Trigger": notice})


def _told_once(outcome: Outcome) -> Response:
    """Answer without a notice if the app is at fault: the conversation shows a note already."""
    return _told(outcome) if outcome.error in modals.OWN_PROBLEMS else _done()


def _post(path: str, endpoint: Endpoint) -> Route:
    return Route(path, from_the_page(endpoint), methods=["POST"])


ROUTES: list[BaseRoute] = [
    _post("/client/{me}/home/open", open_home),
    _post("/client/{me}/shortcut", global_shortcut),
    _post("/client/{me}/advance", advance),
    _post("/client/{me}/redeliver/{seq:int}", redeliver),
    _post("/client/{me}/view/{view}/click", click_view),
    _post("/client/{me}/view/{view}/submit", submit_view),
    _post("/client/{me}/view/{view}/close", close_view),
    _post("/client/{me}/{channel}/send", send),
    _post("/client/{me}/{channel}/read", read),
    _post("/client/{me}/{channel}/join", join),
    _post("/client/{me}/{channel}/leave", leave),
    _post("/client/{me}/{channel}/{ts}/click", click),
    _post("/client/{me}/{channel}/{ts}/react", react),
    _post("/client/{me}/{channel}/{ts}/pin", pin),
    _post("/client/{me}/{channel}/{ts}/delete", delete),
    _post("/client/{me}/{channel}/{ts}/shortcut", message_shortcut),
]
