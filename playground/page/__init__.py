"""The browser page: a small chat client for the stand-in workspace.

Mount `routes()` in a Starlette application whose `state.playground` is the `Playground`. Every
address of the page names the viewer (`/client/U0001/C0001`), so several people can be open in
several windows at once.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from playground.page import actions, pages, stream, weather_panel
from playground.page.templating import STATIC

__all__ = ["routes"]


def routes() -> list[BaseRoute]:
    """Return the page's routes and static files, in the order of matching."""
    return [
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
        *actions.ROUTES,
        *stream.ROUTES,
        *weather_panel.ROUTES,
        *pages.ROUTES,
    ]
