"""Sends a request to the bot itself, in the form that Slack uses."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.configuration.settings import Settings
from bot.worker.upkeep.canary import Click

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


def own_door(settings: Settings, session: aiohttp.ClientSession, bolt: AsyncApp) -> Click:
    """Return a sender of interactions: signed over HTTP, or in Socket Mode straight to Bolt."""
    signer = SignatureVerifier(settings.signing_secret)
    address = f"{_base(settings)}/slack/events"
    proxy = settings.proxies.proxy_for(address)

    async def post(payload: Mapping[str, Any]) -> int:
        body = urlencode({"payload": json.dumps(payload)})
        stamp = str(int(time.time()))
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signer.generate_signature(timestamp=stamp, body=body) or "",
        }
        sent = session.post(address, data=body, headers=headers, allow_redirects=False, proxy=proxy)
        async with sent as answer:
            return answer.status

    async def dispatch(payload: Mapping[str, Any]) -> int:
        request = AsyncBoltRequest(body=dict(payload), mode="socket_mode")
        return (await bolt.async_dispatch(request)).status

    return dispatch if settings.socket_mode else post


def _base(settings: Settings) -> str:
    """The address where Slack reaches the bot, or else its local address."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    host = _ANYWHERE.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
