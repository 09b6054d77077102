"""What another site makes a browser send is refused at every door but Slack's own.

A page elsewhere can send requests to this machine: with its own Origin, or with its own name as the
Host once that name leads to 127.0.0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from playground.config import PlaygroundConfig
from playground.manifest import Manifest
from playground.testing import RunningPlayground, running_playground
from playground.web.app import create_app
from playground.web.serving import serving
from tests.playground.conftest import WORKSPACE

SLACKS_OWN = re.compile(r"/(api|response)/")
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "null"},
    {"Host": "evil.example"},
    {"Host": "evil.example:8700"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "localhost@evil.example"},
    {"Host": "evil.example", "Origin": "http://evil.example"},
    {"Host": ""},
]


def _addresses(routes: list[BaseRoute], under: str = "") -> Iterator[tuple[str, str]]:
    """Each method and path that is served, with something in the place of each name."""
    for route in routes:
        match route:
            case Mount():
                yield "GET", f"{under}{route.path}/css/page.css"
            case Route():
                path = re.sub(r"{[^}]+}", "1", under + route.path)
                yield from ((method, path) for method in route.methods or ())
            case WebSocketRoute():
                yield "GET", under + route.path


def _others() -> list[tuple[str, str]]:
    app: Starlette = create_app(PlaygroundConfig())
    return sorted({one for one in _addresses(app.routes) if not SLACKS_OWN.match(one[1])})


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
async def test_every_other_door_refuses_what_comes_from_elsewhere(
    foreign: dict[str, str],
) -> None:
    page = {"HX-Request": "true"}
    async with (
        running_playground(workspace=WORKSPACE) as slack,
        aiohttp.ClientSession(slack.slack.url) as http,
    ):
        let_in = []
        for method, path in _others():
            async with http.request(method, path, headers={**page, **foreign}) as answer:
                if answer.status != 403:
                    let_in.append((method, path, answer.status))
        assert let_in == []


async def test_a_command_from_elsewhere_does_nothing() -> None:
    async with (
        running_playground(workspace=WORKSPACE) as slack,
        aiohttp.ClientSession(slack.slack.url) as http,
    ):
        said = {"user": "ada", "channel": "general", "text": "I resign"}
        for foreign in FOREIGN:
            async with http.post("/control/message", json=said, headers=foreign) as answer:
                assert "another site" in await answer.text()
        assert slack.messages("general") == []
        async with http.post("/control/message", json=said) as answer:
            assert answer.status == 200
        assert len(slack.messages("general")) == 1


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
async def test_the_page_itself_and_programs_on_this_machine_are_let_in(name: str) -> None:
    async with running_playground(workspace=WORKSPACE) as slack:
        host = f"{name}:{slack.port}"
        for own in ({"Host": host}, {"Host": host, "Origin": f"http://{host.lower()}"}):
            async with (
                aiohttp.ClientSession(slack.slack.url) as http,
                http.get("/control/people", headers=own) as answer,
            ):
                assert answer.status == 200


async def test_a_name_that_was_allowed_is_let_in() -> None:
    config = PlaygroundConfig(
        manifest=Manifest({}), workspace=WORKSPACE, allowed_hosts=frozenset({"devbox"})
    )
    app = create_app(config)
    async with (
        serving(app, app.state.playground) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        for host, status in (("devbox:9000", 200), ("devbox.evil.example", 403)):
            async with http.get("/control/people", headers={"Host": host}) as answer:
                assert answer.status == status


async def test_slacks_own_doors_look_at_neither(slack: RunningPlayground) -> None:
    """Slack has no such rule: the Web API asks for a token, a response_url is one."""
    foreign = {"Host": "evil.example", "Origin": "https://evil.example"}
    async with aiohttp.ClientSession(slack.slack.url) as http:
        async with http.post("/api/api.test", headers=foreign) as answer:
            assert (await answer.json())["ok"] is True
        async with http.post("/response/none", json={}, headers=foreign) as answer:
            assert answer.status == 404
