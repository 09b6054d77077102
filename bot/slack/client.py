"""Calls to Slack: one shared session, no retry handler, every end an error class of ours."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from math import isnan
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answers import word
from bot.slack.errors import (
    DONE_ALREADY,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    SlackError,
    code_of,
    sort_code,
)

CONNECTIONS = 1_000
"""More than may hang at once: a form that opens waits behind none of them."""
_DEFAULT_RETRY_AFTER = 30.0
_LONGEST_CODE = 80
_LONGEST_RETRY_AFTER = 3_600.0
"""Whatever Slack says: nothing is left alone for longer without asking again."""


def new_session(timeout: timedelta) -> aiohttp.ClientSession:
    """Return the session that all calls share: kept-alive connections, one timeout."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS),
        timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()),
    )


def web_client(token: str, session: aiohttp.ClientSession, api_url: str) -> AsyncWebClient:
    """Return slack_sdk's client for Bolt and for us.

    The default retry handler re-sends a post after a reset and so posts twice: none is used.
    """
    return AsyncWebClient(
        token=token,
        session=session,
        base_url=api_url,
        timeout=max(1, int(session.timeout.total or 0)),
        retry_handlers=[],
        trust_env_in_session=False,
    )


Observer = Callable[[str, float, str | None], None]
"""Told of each call: the method, its seconds, and Slack's word (or ours) where it failed."""


class SlackCalls:
    """The calls that the worker makes. Raises the classes of `bot.slack.errors` only."""

    def __init__(self, client: AsyncWebClient, observe: Observer | None = None) -> None:
        self._client = client
        self._observe = observe

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Make one call (`chat.postMessage`); `already_…` counts as success."""
        began, code = time.monotonic(), None
        try:
            return await self._called(method, arguments)
        except SlackError as error:
            code = code_of(error)
            raise
        finally:
            if self._observe is not None:
                self._observe(method, time.monotonic() - began, code)

    async def _called(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            response = await getattr(self._client, method.replace(".", "_"))(**given)
        except SlackApiError as error:
            return self._sorted(method, error)
        except aiohttp.ClientConnectorError as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError) as error:
            raise OutcomeUnknown(type(error).__name__) from error
        except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
            # slack_sdk takes an answer for an object: whatever else it is trips it up.
            raise OutcomeUnknown("an answer that cannot be read") from error
        data = response.data
        return data if isinstance(data, dict) else {}

    def _sorted(self, method: str, error: SlackApiError) -> Mapping[str, Any]:
        response = error.response
        status = getattr(response, "status_code", 0)
        data = response.data if isinstance(getattr(response, "data", None), dict) else {}
        headers = {k.lower(): v for k, v in dict(getattr(response, "headers", {})).items()}
        after = _seconds(headers.get("retry-after"))
        code = word(data, "error", longest=_LONGEST_CODE) or (
            "an unreadable code" if data.get("error") else ""
        )
        if status == 429:
            raise RateLimited(timedelta(seconds=after), method) from error
        if status >= 500 or not code:
            raise OutcomeUnknown(f"http {status}") from error
        if code in DONE_ALREADY:
            return data
        told = data.get("response_metadata")
        messages = told.get("messages") if isinstance(told, dict) else None
        details = tuple(str(one)[:300] for one in messages) if isinstance(messages, list) else ()
        raise self._classified(
            code, after, method, details, word(data, "needed", longest=_LONGEST_CODE)
        ) from error

    @staticmethod
    def _classified(
        code: str, after: float, method: str, details: tuple[str, ...], needed: str | None
    ) -> SlackError:
        return sort_code(code, retry_after=after, method=method, details=details, needed=needed)


def _seconds(header: str | None) -> float:
    try:
        after = float(header) if header else _DEFAULT_RETRY_AFTER
    except ValueError:
        return _DEFAULT_RETRY_AFTER
    return min(max(1.0, after), _LONGEST_RETRY_AFTER) if not isnan(after) else _DEFAULT_RETRY_AFTER
