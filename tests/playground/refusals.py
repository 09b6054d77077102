"""Slack's answers to refused calls."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]


async def refusal(web: AsyncWebClient, method: str, **args: Any) -> Json:
    """Return the answer to a call that Slack refuses."""
    with pytest.raises(SlackApiError) as failed:
        await web.api_call(method, json=args)
    answer: Json = dict(failed.value.response.data)
    return answer


async def error(web: AsyncWebClient, method: str, **args: Any) -> str:
    return str((await refusal(web, method, **args))["error"])
