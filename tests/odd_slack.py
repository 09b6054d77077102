"""A Slack that gives odd answers for one method for a while. All else goes to the playground."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.testing import RunningPlayground
from tests.serving import served

_TOLD = (
    *("members", "user", "users", "channel", "channels", "messages", "view", "team_id", "url"),
    *("user_id", "bot_id", "enterprise_id", "response_metadata", "ts"),
)
_MISFITS: list[Any] = [
    None,
    "text",
    7,
    [],
    {},
    {"id": None},
    {"id": 7},
    {"id": "U0ODD", "profile": "text"},
]
"""Values in the place of a person, a channel or a message."""
_CUT_OFF = {"id": "U0ODD", "name": "half of a \ud83d", "profile": {"display_name": "a \u0000"}}


def _all(value: object) -> str:
    return json.dumps({"ok": True, **dict.fromkeys(_TOLD, value)})


ODD = {
    "missing fields": '{"ok": true}',
    "null": _all(None),
    "a text": _all("Be\nright back"),
    "a number": _all(17),
    "a list of misfits": _all([*_MISFITS, _CUT_OFF]),
    "an object of misfits": _all({"id": [], "hash": 7, "next_cursor": ["again"], "name": {}}),
    "HTML": "<html>Be right back</html>",
    "no object": "[17]",
    "an unknown code": '{"ok": false, "error": "on_holiday"}',
}


class OddSlack:
    """A proxy before the playground. `left` has the odd answers that are still to come."""

    def __init__(self, slack: RunningPlayground, session: aiohttp.ClientSession) -> None:
        self._slack = slack
        self._session = session
        self.method = ""
        self.left: list[str] = []
        self.api_url = ""

    def answers_oddly(self, method: str) -> None:
        """From now on, give each odd answer once for this method."""
        self.method, self.left = method, list(ODD.values())

    async def take(self, request: Request) -> Response:
        method = request.path_params["method"]
        if method == self.method and self.left:
            return Response(self.left.pop(0), media_type="application/json")
        kept = ("authorization", "content-type")
        headers = {name: value for name, value in request.headers.items() if name in kept}
        address = f"{self._slack.api_url}{method}?{request.url.query}"
        body = await request.body() or None
        try:
            async with self._session.request(
                request.method, address, data=body, headers=headers
            ) as answer:
                kind = answer.content_type
                return Response(await answer.read(), answer.status, media_type=kind)
        except aiohttp.ClientError:
            return Response("nothing came back", 502)


@asynccontextmanager
async def odd_slack(slack: RunningPlayground) -> AsyncIterator[OddSlack]:
    async with aiohttp.ClientSession() as session:
        odd = OddSlack(slack, session)
        app = Starlette(routes=[Route("/api/{method}", odd.take, methods=["GET", "POST"])])
        async with served(app) as url:
            odd.api_url = f"{url}/api/"
            yield odd
