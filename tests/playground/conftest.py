"""A small cast, a manifest, and a real Bolt app that uses the playground over loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.testing import RunningPlayground, running_playground
from tests.playground.bolt_app import BoltApp, running_bolt

WORKSPACE: dict[str, Any] = {
    "team": {"id": "T00000042", "name": "Harbour", "domain": "harbour"},
    "people": [
        {"name": "ada", "real_name": "Ada Lind", "email": "ada@harbour.example", "is_admin": True},
        {"name": "bob", "real_name": "Bob Okoro"},
        {"name": "cleo", "real_name": "Cleo Marsh"},
        {"name": "gus", "is_restricted": True},
        {"name": "solo", "is_ultra_restricted": True},
        {"name": "ext", "is_stranger": True},
        {"name": "gone", "deleted": True},
    ],
    "groups": [{"handle": "legal-oncall", "members": ["ada", "bob"]}],
    "channels": [
        {"name": "general", "members": ["ada", "bob", "cleo"]},
        {"name": "open", "members": ["ada", "solo", "ext"]},
        {"name": "hidden", "members": ["ada"], "is_private": True},
        {"name": "old", "members": ["ada"], "is_archived": True},
    ],
}


@pytest.fixture
async def slack() -> AsyncIterator[RunningPlayground]:
    """A playground without an app, for tests of the Web API alone."""
    async with running_playground(workspace=WORKSPACE, retry_scale=0.0) as running:
        yield running


@pytest.fixture
async def web(slack: RunningPlayground) -> AsyncWebClient:
    return client_of(slack)


@pytest.fixture
async def bolt(slack: RunningPlayground) -> AsyncIterator[BoltApp]:
    """A Bolt app over HTTP, signed, in the same workspace."""
    async with running_bolt(slack) as app:
        yield app


def client_of(slack: RunningPlayground, token: str = "xoxb-playground") -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=slack.api_url, retry_handlers=[])


async def in_channel(slack: RunningPlayground, name: str = "general") -> str:
    """Bring the app's bot user into a channel, and return the channel's id."""
    channel = slack.channel(name)
    slack.slack.rooms.add_member(channel, slack.slack.app.user_id)
    return channel.id
