"""Serves whole pages, and the fragments that a page fetches after a change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from playground.page.shown import conversation, emoji, modals, sidebar
from playground.page.shown.reader import Reader
from playground.page.templating import keyed, macro, render
from playground.page.visit import Shell, Visit, html, page
from playground.state.records import SLACKBOT, Channel, Json, Person

Endpoint = Callable[[Request], Awaitable[Response]]


def whole(endpoint: Endpoint) -> Endpoint:
    """Show a helpful page for a missing place: links outlive channels and people."""

    @wraps(endpoint)
    async def shown(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HTTPException as missing:
            return page("lost.html", missing.status_code, words=missing.detail)

    return shown


async def start(request: Request) -> Response:
    """Redirect to the first person's page."""
    people = request.app.state.playground.workspace.humans()
    people = [who for who in people if who.id != SLACKBOT]
    if not people:
        return page("nobody.html")
    return RedirectResponse(f"/client/{people[0].id}", 303)


async def land(request: Request) -> Response:
    """Redirect to the latest unread mention, else to a channel, public ones first, else home."""
    visit = Visit(request)
    rooms = visit.workspace.visible_channels(visit.me)
    rooms = [room for room in rooms if visit.me in room.members and not room.is_archived]
    rooms.sort(key=lambda room: room.is_private)
    unread = visit.workspace.read_markers.unread(visit.me)
    asked = [room.id for room in rooms if room.id in unread and unread[room.id].mention]
    first = max(asked, key=visit.workspace.latest_ts, default=rooms[0].id if rooms else "home")
    return RedirectResponse(f"{visit.base}/{first}", 303)


async def archive(request: Request) -> Response:
    """Open a permalink from outside the page, as the channel's first member."""
    workspace = request.app.state.playground.workspace
    room = workspace.channels.get(request.path_params["channel"])
    members = [who.id for who in workspace.humans() if room is not None and who.id in room.members]
    if room is None or not members:
        raise HTTPException(404, "There is no such conversation.")
    reader = Reader(workspace.people[members[0]], workspace, 0)
    return RedirectResponse(reader.permalink(str(request.url)) or "/", 303)


async def with_somebody(request: Request) -> Response:
    """Redirect to the direct messages with a person or an app, and open them if needed."""
    visit = Visit(request)
    channel = await visit.playground.open_dm(visit.me, request.path_params["other"])
    return RedirectResponse(f"{visit.base}/{channel}", 303)


async def channel(request: Request) -> Response:
    visit = Visit(request)
    room = visit.room
    shell = visit.shell(room.id, visit.reader.title(room))
    since = visit.workspace.read_markers.last_read(visit.me, room.id)
    bot = _bot(visit)
    fragments = _frame(visit, shell) | {
        "head": _head(visit, shell),
        "foot": _foot(visit, shell),
        "messages": conversation.draw(visit.reader, room, since),
    }
    app_tabs = visit.playground.manifest.home_tab and room.is_im
    return page(
        "channel.html",
        shell=shell,
        channel=room,
        since=since,
        app_tabs=app_tabs and bot is not None and bot.id in room.members,
        fragments=fragments,
    )


async def home(request: Request) -> Response:
    visit = Visit(request)
    bot = _bot(visit)
    shell = visit.shell("home", bot.real_name if bot else "Home")
    fragments = _frame(visit, shell) | {"home": modals.draw_home(visit.reader)}
    return page("home.html", shell=shell, bot=bot, fragments=fragments)


# Fragments


async def sidebar_fragment(request: Request) -> Response:
    side = sidebar.build(Visit(request).reader, request.query_params.get("at", ""))
    return html(sidebar.draw(side))


async def people(request: Request) -> Response:
    return page("people.html", side=sidebar.build(Visit(request).reader, ""))


async def messages(request: Request) -> Response:
    visit = Visit(request)
    since = request.query_params.get("since", "")
    return html(conversation.draw(visit.reader, visit.room, since))


async def head(request: Request) -> Response:
    visit = Visit(request)
    return html(_head(visit, _shell_of(visit, visit.room)))


async def foot(request: Request) -> Response:
    visit = Visit(request)
    return html(_foot(visit, _shell_of(visit, visit.room)))


async def thread(request: Request) -> Response:
    visit = Visit(request)
    return html(_thread(visit, _shell_of(visit, visit.room), request.path_params["ts"]))


async def thread_messages(request: Request) -> Response:
    visit = Visit(request)
    return html(conversation.draw_thread(visit.reader, visit.room, request.path_params["ts"]))


async def about(request: Request) -> Response:
    return html(_about(Visit(request)))


async def menu(request: Request) -> Response:
    visit = Visit(request)
    message = visit.message
    return page(
        "message_menu.html",
        reader=visit.reader,
        base=visit.base,
        url=f"{visit.room_url}/{message.ts}",
        message=message,
        is_reply=message.is_reply,
        quick=emoji.QUICK,
        shortcuts=visit.playground.message_shortcuts(),
    )


async def modal(request: Request) -> Response:
    return html(modals.draw_modals(Visit(request).reader))


async def home_blocks(request: Request) -> Response:
    return html(modals.draw_home(Visit(request).reader))


async def now(request: Request) -> Response:
    visit = Visit(request)
    return html(macro("tools.html", "now", visit.shell("", ""), visit.base))


def _shell_of(visit: Visit, room: Channel) -> Shell:
    return visit.shell(room.id, visit.reader.title(room))


def _frame(visit: Visit, shell: Shell) -> Json:
    """Return the parts around the middle."""
    query = visit.request.query_params
    side: Markup | str = ""
    if "thread" in query:
        side = _thread(visit, shell, query["thread"])
    elif query.get("side") == "about":
        side = _about(visit)
    return {
        "sidebar": sidebar.draw(sidebar.build(visit.reader, shell.place)),
        "modal": modals.draw_modals(visit.reader),
        "side": side,
    }


def _head(visit: Visit, shell: Shell) -> Markup:
    room = visit.room
    partner = next((who for who in room.members if who != visit.me), None)
    body = render(
        "channel_head.html",
        shell=shell,
        channel=room,
        url=visit.room_url,
        sign={"private_channel": "lock", "public_channel": "hash"}.get(room.kind, "people"),
        partner=partner if room.is_im else None,
        pins=len(visit.workspace.pins(room.id)),
    )
    return keyed("div", "head", body)


def _foot(visit: Visit, shell: Shell) -> Markup:
    body = render(
        "channel_foot.html",
        shell=shell,
        channel=visit.room,
        url=visit.room_url,
        is_member=visit.me in visit.room.members,
        read_only=_is_read_only(visit),
    )
    return keyed("div", "foot", body, data_keeps_input="")


def _is_read_only(visit: Visit) -> bool:
    """Whether the app's manifest closes the composer of its direct messages."""
    with_app = visit.room.is_im and visit.playground.app.user_id in visit.room.members
    return with_app and not visit.playground.manifest.people_may_write


def _thread(visit: Visit, shell: Shell, ts: str) -> Markup:
    return render(
        "thread.html",
        shell=shell,
        channel=visit.room,
        url=visit.room_url,
        ts=ts,
        can_write=visit.me in visit.room.members
        and not visit.room.is_archived
        and not _is_read_only(visit),
        messages=conversation.draw_thread(visit.reader, visit.room, ts),
    )


def _about(visit: Visit) -> Markup:
    room = visit.room
    return render(
        "about.html",
        reader=visit.reader,
        base=visit.base,
        channel=room,
        url=visit.room_url,
        members=sorted(room.members, key=lambda who: visit.reader.name(who).casefold()),
        pins=[
            conversation.draw_message(
                visit.reader, conversation.Row(message, in_thread=True), "pin"
            )
            for message in visit.workspace.pins(room.id)
        ],
    )


def _bot(visit: Visit) -> Person | None:
    """Return the installed app's bot user."""
    people = visit.workspace.people.values()
    return next((who for who in people if who.is_bot and who.id != SLACKBOT), None)


ROUTES: list[BaseRoute] = [
    Route("/", start),
    Route("/archives/{channel}", whole(archive)),
    Route("/archives/{channel}/{message}", whole(archive)),
    Route("/client/{me}", whole(land)),
    Route("/client/{me}/home", whole(home)),
    Route("/client/{me}/home/blocks", home_blocks),
    Route("/client/{me}/sidebar", sidebar_fragment),
    Route("/client/{me}/people", people),
    Route("/client/{me}/modal", modal),
    Route("/client/{me}/now", now),
    Route("/client/{me}/with/{other}", whole(with_somebody)),
    Route("/client/{me}/{channel}", whole(channel)),
    Route("/client/{me}/{channel}/messages", messages),
    Route("/client/{me}/{channel}/head", head),
    Route("/client/{me}/{channel}/foot", foot),
    Route("/client/{me}/{channel}/about", about),
    Route("/client/{me}/{channel}/thread/{ts}", thread),
    Route("/client/{me}/{channel}/thread/{ts}/messages", thread_messages),
    Route("/client/{me}/{channel}/{ts}/menu", menu),
]
