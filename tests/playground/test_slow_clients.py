"""Clients that keep the playground waiting; and answers that take their time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

import aiohttp
import pytest

from playground.testing import RunningPlayground, running_playground
from playground.web.serving import PATIENCE
from tests.playground.conftest import WORKSPACE

SHORT = 0.2
"""Seconds. What a test expects to end ends after it, on a busy machine later."""
IMPATIENT = replace(PATIENCE, headers=SHORT, body=SHORT)
HEADERS = b"POST /response/one HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 4\r\n"


@pytest.mark.parametrize(
    ("said", "told"),
    [(b"", b""), (HEADERS, b"HTTP/1.1 408 "), (HEADERS + b"\r\nbo", b"HTTP/1.1 408 ")],
    ids=["silence", "headers", "body"],
)
async def test_a_client_that_falls_silent_is_not_waited_for(
    said: bytes, told: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    async with running_playground(patience=IMPATIENT) as slack:
        reader, writer = await _connected(slack)
        writer.write(said)
        async with asyncio.timeout(20):
            answer = await reader.read()
        assert answer[:13] == told
        writer.close()
    assert capfd.readouterr().err == ""


async def test_what_lasts_ends_no_connection() -> None:
    """A socket of Socket Mode and a page that listens for news both last much longer."""
    async with (
        running_playground(patience=IMPATIENT, workspace=WORKSPACE) as slack,
        aiohttp.ClientSession(slack.slack.url) as http,
    ):
        opened = await http.post(
            "/api/apps.connections.open", headers={"Authorization": "Bearer xapp-playground"}
        )
        address = (await opened.json())["url"]
        async with http.ws_connect(address) as socket, http.get("/client/ada/events") as news:
            assert (await socket.receive_json(timeout=20))["type"] == "hello"
            for _ in range(3):
                await _a_slow_client_is_gone(slack)
            await slack.person("ada").say("Anybody there?", "general")
            async with asyncio.timeout(20):
                while b"sidebar" not in await news.content.readline():
                    pass
            await socket.ping()
            assert not socket.closed
            assert len(slack.slack.sockets.connections) == 1


async def _a_slow_client_is_gone(slack: RunningPlayground) -> None:
    """The limit has passed once more."""
    reader, writer = await _connected(slack)
    async with asyncio.timeout(20):
        await reader.read()
    writer.close()


async def _connected(
    slack: RunningPlayground,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", urlsplit(slack.slack.url).port)
