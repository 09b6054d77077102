"""How a call to Slack fails, as far as a listener must tell one end from another."""

import asyncio

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

CALL_REFUSED = (SlackClientError, aiohttp.ClientError)
CALL_LOST = (*CALL_REFUSED, ConnectionError, asyncio.TimeoutError)
"""Slack's side or the way to it, and no fault of the program."""
CALL_FAILED = (*CALL_LOST, OSError)

TRIGGER_GONE = frozenset(
    {
        "expired_trigger_id",
        "exchanged_trigger_id",
        "invalid_trigger_id",
        "trigger_expired",
        "trigger_exchanged",
    }
)


def error_code(error: BaseException) -> str:
    """Slack's word for what went wrong, or the kind of failure."""
    if isinstance(error, SlackApiError):
        # What is no JSON (a page of a proxy's) comes as it is.
        data = getattr(error.response, "data", error.response)
        return str((data.get("error") if isinstance(data, dict) else None) or "unknown_error")
    return type(error).__name__
