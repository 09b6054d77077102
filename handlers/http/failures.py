"""Failed calls to Slack, in the groups that a listener must tell apart."""

import asyncio

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

CALL_REFUSED = (SlackClientError, aiohttp.ClientError)
CALL_LOST = (*CALL_REFUSED, ConnectionError, asyncio.TimeoutError)
"""Failures of Slack or of the connection to it, not of the program."""
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
    """Return Slack's error code for the failure, or the kind of failure."""
    if isinstance(error, SlackApiError):
        # A body that is not JSON, such as a proxy's page, comes as it is.
        data = getattr(error.response, "data", error.response)
        return str((data.get("error") if isinstance(data, dict) else None) or "unknown_error")
    return type(error).__name__
