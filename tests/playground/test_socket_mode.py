"""Socket Mode with slack_sdk's real aiohttp client and with Bolt on top of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from playground.testing import RunningPlayground, running_playground
from tests.playground.bolt_app import BUTTONS, MODAL
from tests.playground.conftest import WORKSPACE, in_channel


class Listener:
    """A connection that notes what comes, and acknowledges unless it is told not to."""

    def __init__(self, slack: RunningPlayground) -> None:
        self.client = SocketModeClient(
            app_token="xapp-playground",
            web_client=AsyncWebClient(base_url=slack.api_url, retry_handlers=[]),
            ping_interval=5,
        )
        self.client.socket_mode_request_listeners.append(self._hear)
        self.requests: asyncio.Queue[SocketModeRequest] = asyncio.Queue()
        self.deaf = False
        self.payload: dict[str, Any] | None = None

    async def _hear(self, _: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.put_nowait(request)
        if not self.deaf:
            answer = SocketModeResponse(request.envelope_id, self.payload)
            await self.client.send_socket_mode_response(answer)

    async def __aenter__(self) -> Listener:
        await self.client.connect()  # type: ignore[no-untyped-call]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()  # type: ignore[no-untyped-call]


@pytest.fixture
async def slack() -> AsyncIterator[RunningPlayground]:
    async with running_playground(
        workspace=WORKSPACE, retry_scale=0.0, ack_deadline=0.5
    ) as running:
        yield running


async def test_commands_go_over_the_socket_and_the_answer_comes_back(
    slack: RunningPlayground,
) -> None:
    async with Listener(slack) as listener:
        await slack.slack.sockets.wait_for(1)
        listener.payload = {"text": "over the socket"}
        outcome = await slack.person("ada").command("/escalate help")
        assert outcome.ok
        request = await listener.requests.get()
    assert (request.type, request.accepts_response_payload) == ("slash_commands", True)
    assert request.payload["text"] == "help"
    assert slack.deliveries()[0].via == "socket"
    assert slack.person("ada").sees("general")[-1].text == "over the socket"


async def test_an_unacknowledged_command_times_out_visibly(slack: RunningPlayground) -> None:
    async with Listener(slack) as listener:
        await slack.slack.sockets.wait_for(1)
        listener.deaf = True
        outcome = await slack.person("ada").command("/escalate")
    assert outcome.error == "operation_timeout"
    assert "operation_timeout" in slack.person("ada").sees("general")[-1].text


async def test_an_unacknowledged_event_is_delivered_again(slack: RunningPlayground) -> None:
    async with Listener(slack) as listener:
        await slack.slack.sockets.wait_for(1)
        listener.deaf = True
        await slack.person("ada").open_home()
        first = await listener.requests.get()
        listener.deaf = False
        second = await listener.requests.get()
        await slack.settled()
    assert (first.retry_attempt, second.retry_attempt) == (0, 1)
    assert second.retry_reason == "timeout"
    assert first.payload["event_id"] == second.payload["event_id"]
    assert len(slack.deliveries()) == 2


async def test_several_connections_are_used_in_turn(slack: RunningPlayground) -> None:
    async with Listener(slack) as one, Listener(slack) as two:
        await slack.slack.sockets.wait_for(2)
        for _ in range(4):
            assert (await slack.person("ada").command("/escalate")).ok
        assert (one.requests.qsize(), two.requests.qsize()) == (2, 2)


async def test_a_refresh_makes_the_client_connect_anew_and_nothing_is_lost(
    slack: RunningPlayground,
) -> None:
    async with Listener(slack) as listener:
        await slack.slack.sockets.wait_for(1)
        before = slack.slack.sockets.connections[0].id
        assert await slack.slack.sockets.disconnect("refresh_requested") == 1
        await slack.slack.sockets.wait_for(1)
        assert slack.slack.sockets.connections[0].id != before
        assert (await slack.person("ada").command("/escalate")).ok
        assert listener.requests.qsize() == 1


async def test_a_dropped_socket_fails_what_was_on_its_way(slack: RunningPlayground) -> None:
    async with Listener(slack) as listener:
        await slack.slack.sockets.wait_for(1)
        listener.deaf = True
        running = asyncio.create_task(slack.person("ada").command("/escalate"))
        await listener.requests.get()
        await slack.slack.sockets.drop()
        assert (await running).error == "dispatch_failed"


async def test_without_socket_and_without_url_nothing_is_delivered(
    slack: RunningPlayground,
) -> None:
    outcome = await slack.person("ada").command("/escalate")
    assert outcome.error == "no_endpoint"
    assert slack.deliveries()[0].via == "none"


async def test_a_link_works_once(slack: RunningPlayground) -> None:
    web = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    url = (await web.apps_connections_open(app_token="xapp-playground"))["url"]
    assert url.startswith("ws://127.0.0.1:")
    assert slack.slack.sockets.issue_url() != url


async def test_bolt_works_over_socket_mode(slack: RunningPlayground) -> None:
    web = AsyncWebClient(token="xoxb-playground", base_url=slack.api_url, retry_handlers=[])
    app = AsyncApp(client=web, signing_secret="unused")
    heard: list[Any] = []

    @app.command("/form")
    async def form(ack: Any, command: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=MODAL)

    @app.view("form")
    async def sent(ack: Any) -> None:
        await ack(response_action="errors", errors={"title": "no"})

    @app.action("ack")
    async def acked(ack: Any, body: Any) -> None:
        heard.append(body["actions"][0]["value"])
        await ack()

    handler = AsyncSocketModeHandler(app, "xapp-playground", web_client=web)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await slack.slack.sockets.wait_for(1)
        ada = slack.person("ada")
        await ada.command("/form")
        await ada.until_modal()
        result = await ada.submit({"title": {"text": "A title"}})
        assert result.errors == {"title": "no"}
        channel = await in_channel(slack)
        await web.chat_postMessage(channel=channel, text="page", blocks=BUTTONS)
        assert (await ada.click(ada.sees("general")[-1], "ack")).ok
        assert heard == ["page-1"]
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
