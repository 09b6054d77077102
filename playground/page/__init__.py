"""The browser page: a small chat client for the stand-in workspace.

Mount `routes()` in a Starlette application whose `state.playground` is the `Playground`. Every
address of the page names the person who looks (`/client/U0001/C0001`), so that several people can
be open in several windows at once.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from playground.page import actions, pages, stream, weather_panel
from playground.page.templating import STATIC

__all__ = ["routes"]


def routes() -> list[BaseRoute]:
    """The page's routes and its static files, in the order in which they are tried."""
    return [
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
        *actions.ROUTES,
        *stream.ROUTES,
        *weather_panel.ROUTES,
        *pages.ROUTES,
    ]
