"""One request to the page: the viewer, the place, and the data for the frame around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from playground.facade import Playground
from playground.page.shown import completions, dates
from playground.page.shown.reader import Reader
from playground.page.templating import render
from playground.state.records import Channel, Json, Message, View
from playground.state.workspace import Workspace

#: The page loads from this server only. Images may also come from an app on this machine.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' http://127.0.0.1:* http://localhost:*; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Visit:
    """The viewer and the place of a request. Raises 404 if the viewer has no such place."""

    request: Request

    @cached_property
    def playground(self) -> Playground:
        playground: Playground = self.request.app.state.playground
        return playground

    @property
    def workspace(self) -> Workspace:
        return self.playground.workspace

    @cached_property
    def reader(self) -> Reader:
        person = self.workspace.person(self.request.path_params["me"])
        if person is None:
            raise HTTPException(404, "There is no such person in this workspace.")
        return Reader(person, self.workspace, self.playground.clock.now())

    @property
    def me(self) -> str:
        return self.reader.me.id

    @property
    def base(self) -> str:
        return f"/client/{self.me}"

    @cached_property
    def room(self) -> Channel:
        room = self.workspace.channel(self.request.path_params["channel"])
        if room is None or not self.workspace.can_see(self.me, room):
            raise HTTPException(404, "There is no such conversation, or you are not in it.")
        return room

    @property
    def room_url(self) -> str:
        return f"{self.base}/{self.room.id}"

    @cached_property
    def message(self) -> Message:
        ts = self.request.path_params["ts"]
        message = self.workspace.message(self.room.id, ts, self.me)
        if message is None:
            raise HTTPException(404, "That message is gone.")
        return message

    @cached_property
    def view(self) -> View:
        view = self.workspace.view(self.request.path_params["view"])
        if view is None or view.user != self.me:
            raise HTTPException(404, "That form is closed.")
        return view

    async def fields(self) -> dict[str, list[str]]:
        """Return the submitted form: each name with all its values."""
        form = await self.request.form()
        fields: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            fields.setdefault(name, []).append(str(value))
        return fields

    async def field(self, name: str) -> str:
        return next(iter((await self.fields()).get(name, [])), "")

    def shell(self, place: str, title: str) -> Shell:
        return Shell(self, place, title)


@dataclass(frozen=True)
class Shell:
    """The frame around a conversation or the home tab."""

    visit: Visit
    place: str
    title: str

    @property
    def reader(self) -> Reader:
        return self.visit.reader

    @property
    def workspace(self) -> Workspace:
        return self.visit.workspace

    @property
    def moment(self) -> datetime:
        return dates.local(self.reader.now, self.reader.me.tz)

    @property
    def completions(self) -> Json:
        return completions.for_person(self.reader, self.visit.playground.commands())

    @property
    def global_shortcuts(self) -> list[Json]:
        return self.visit.playground.global_shortcuts()


def page(template: str, status: int = 200, **context: Any) -> HTMLResponse:
    return html(render(template, **context), status)


def html(body: str, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(body, status, headers={**SECURITY, **(headers or {})})
