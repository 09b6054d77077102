"""Requests from outside, with Slack's signature or a wrong one."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.factories import WORKSPACE
from tests.handlers.stage import SECRET


@dataclass(frozen=True)
class Answered:
    status: int
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    base = f"v0:{stamp}:".encode() + body
    made = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={made}",
    }


async def send(
    url: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    session: aiohttp.ClientSession | None = None,
    **signing: Any,
) -> Answered:
    """Send a request with this signature. Without a session, it has its own connection."""
    given = signed(body, **signing) | dict(headers or {})
    async with (
        nullcontext(session) if session else aiohttp.ClientSession() as sending,
        sending.post(url, data=body, headers=given) as response,
    ):
        return Answered(response.status, await response.text())


def command_body(text: str, user: str = "U0MEI", trigger: str = "1.2.3", **more: str) -> bytes:
    """A slash command as Slack sends it."""
    given = {
        "token": "t",
        "team_id": WORKSPACE.team_id,
        "team_domain": "harbour",
        "channel_id": "C0GENERAL",
        "channel_name": "general",
        "user_id": user,
        "user_name": "someone",
        "command": "/escalate",
        "text": text,
        "api_app_id": "A1",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:1/nowhere",
        "trigger_id": trigger,
    }
    return urlencode(given | more).encode()


def interaction_body(payload: Mapping[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def click_body(
    button: str,
    value: str,
    user: str = "U0MEI",
    trigger: str = "1.2.3",
    sender: Mapping[str, str] | None = None,
    **more: Any,
) -> bytes:
    payload = {
        "type": "block_actions",
        "user": dict(sender or {"id": user, "team_id": WORKSPACE.team_id}),
        "team": {"id": WORKSPACE.team_id, "domain": "harbour"},
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": "A1",
        "trigger_id": trigger,
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C0GENERAL"},
        "channel": {"id": "C0GENERAL", "name": "general"},
        "response_url": "http://127.0.0.1:1/nowhere",
        "actions": [{"type": "button", "action_id": button, "block_id": "b", "value": value}],
    }
    return interaction_body(payload | more)
