"""The requests of the 'Slack weather' panel."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from playground.page import weather
from playground.page.actions import from_the_page
from playground.page.visit import SECURITY, Visit, html


async def panel(request: Request) -> Response:
    visit = Visit(request)
    return html(weather.draw(visit.playground, visit.reader))


async def switches(request: Request) -> Response:
    visit = Visit(request)
    return html(weather.draw_switches(visit.playground, visit.reader))


async def log(request: Request) -> Response:
    visit = Visit(request)
    return html(weather.draw_log(visit.playground, visit.reader))


async def change(request: Request) -> Response:
    """Apply all switches after a person moved one."""
    visit = Visit(request)
    fields = await visit.fields()
    playground = visit.playground
    limits = "limits" in fields
    if limits != playground.rates.on:
        playground.rates.switch(limits)
    on = set(fields.get("fault", []))
    playground.set_faults(weather.switched(playground.faults.rules, on))
    visit.workspace.tell("faults")
    return Response(status_code=204, headers=SECURITY)


ROUTES: list[BaseRoute] = [
    Route("/client/{me}/weather", panel),
    Route("/client/{me}/weather", from_the_page(change), methods=["POST"]),
    Route("/client/{me}/weather/switches", switches),
    Route("/client/{me}/weather/log", log),
]
