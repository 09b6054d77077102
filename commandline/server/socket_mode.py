"""Socket Mode: Slack sends its requests over a connection that the bot opens."""

import asyncio
import logging
import time
from datetime import timedelta

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import (
    run_async_bolt_app,
    send_async_response,
)
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.configuration.settings import Settings
from bot.log.episodes import Episode, Episodes
from bot.network.certificates import trusting
from bot.slack.client import failure_of
from bot.slack.errors import RateLimited
from bot.worker.timings import Timings
from handlers.http.failures import error_code

log = logging.getLogger(__name__)

PING_EVERY = 10.0
_FAILED = (SlackClientError, aiohttp.ClientError, OSError, LookupError, TypeError, ValueError)
"""Errors if Slack is away, refuses, or answers without a valid address."""


class Socket(SocketModeClient):
    """slack_sdk's client with its own way to connect.

    slack_sdk retries the address from Slack forever. But an address is good for one connection
    and a few seconds only: if the first try fails, so do all others.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        pace: Timings,
        settings: Settings,
        episodes: Episodes,
    ) -> None:
        super().__init__(
            app_token=app_token, logger=app.logger, web_client=client, ping_interval=PING_EVERY
        )
        self._app = app
        self._pace = pace
        self._proxies, self._trust = settings.proxies, trusting(settings.certificates)
        self._episodes = episodes
        self.socket_mode_request_listeners.append(self._take)

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time.time()
        answer = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, answer, began)

    async def issue_new_wss_url(self) -> str:
        answer = await self.web_client.apps_connections_open(app_token=self.app_token)
        return str(answer["url"])

    async def connect(self) -> None:
        """Connect, and retry for as long as Slack is away."""
        tries = 0
        while not self.closed:
            try:
                async with asyncio.timeout(self._pace.http_timeout.total_seconds()):
                    await self._connect_once()
            except _FAILED as error:
                tries += 1
                # The error text may hold the address, which lets anyone in.
                self._episodes.on(Episode.SOCKET, why=error_code(error))
                failure = failure_of("apps.connections.open", error)
                limited = failure.after if isinstance(failure, RateLimited) else timedelta(0)
                await asyncio.sleep(max(self._pace.backoff(tries), limited).total_seconds())
            else:
                self._episodes.off(Episode.SOCKET)
                return

    async def _connect_once(self) -> None:
        self.auto_reconnect_enabled = False
        if self.current_session is not None:
            await self.current_session.close()
        address, self.wss_uri = self.wss_uri or await self.issue_new_wss_url(), None
        self.current_session = await self.aiohttp_client_session.ws_connect(
            address,
            autoping=False,
            heartbeat=self.ping_interval,
            proxy=self._proxies.proxy_for(address),
            ssl=self._trust,
        )
        self.auto_reconnect_enabled = self.default_auto_reconnect_enabled
        self.stale = False
        self.last_ping_pong_time = None
        for loop in (self.current_session_monitor, self.message_receiver):
            if loop is not None:
                loop.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())
