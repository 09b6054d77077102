"""Calls Slack over one shared session, without a retry handler. Failures get our error classes."""

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from math import isnan
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.network.proxies import Proxies
from bot.slack.answers import refused_people, word
from bot.slack.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    SlackError,
    sort_code,
)
from bot.slack.last_look import CheckedRequest

CONNECTIONS = 1_000
"""More connections than can hang at once, so that opening a form never waits for one."""
_DEFAULT_RETRY_AFTER = 30.0
_LONGEST_CODE = 80
_LONGEST_RETRY_AFTER = 3_600.0
"""The longest pause before asking again, even if Slack says more."""


def new_session(timeout: timedelta, trust: ssl.SSLContext | None = None) -> aiohttp.ClientSession:
    """Return the session that all calls share: kept-alive connections, one timeout."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=trust or True),
        timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()),
        request_class=CheckedRequest,
    )


Observer = Callable[[str, float, SlackError | None], None]
"""Gets each call's method, its length in seconds, and its error, if it failed."""

_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What slack_sdk raises if an answer is not the object that it expects."""
_CANNOT_BE_READ = "an answer that cannot be read"
_NO_ANSWER = (aiohttp.ClientError, OSError)
"""Errors without an answer. An untrusted certificate is one, although it is also a ValueError."""
_FAILED = (*_NO_ANSWER, SlackClientError, *_UNREADABLE)


class ObservedClient(AsyncWebClient):
    """slack_sdk's client, through which the worker and the listeners make every call.

    If slack_sdk fails on a misshapen answer, this raises SlackClientError, as slack_sdk does if the
    answer is not JSON.
    """

    def __init__(self, observe: Observer | None = None, **given: Any) -> None:
        super().__init__(**given)
        self._observe = observe

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        began, failure = time.monotonic(), None
        try:
            return await super().api_call(api_method, **given)
        except _FAILED as error:
            failure = failure_of(api_method, error)
            if isinstance(error, _UNREADABLE) and not isinstance(error, _NO_ANSWER):
                raise SlackClientError(_CANNOT_BE_READ) from error
            raise
        finally:
            if self._observe is not None:
                self._observe(api_method, time.monotonic() - began, failure)


def web_client(
    token: str,
    session: aiohttp.ClientSession,
    api_url: str,
    observe: Observer | None = None,
    proxies: Proxies | None = None,
) -> AsyncWebClient:
    """Return slack_sdk's client for Bolt and for us.

    It has no retry handler: the default one sends again after a reset, which can post twice.
    """
    client = ObservedClient(
        observe,
        token=token,
        session=session,
        base_url=api_url,
        timeout=max(1, int(session.timeout.total or 0)),
        retry_handlers=[],
        trust_env_in_session=False,
    )
    # Replaces the proxy that slack_sdk takes from the environment for every address.
    client.proxy = (proxies or Proxies()).proxy_for(api_url)
    return client


class SlackCalls:
    """Makes the worker's calls. Raises only the classes of `bot.slack.errors`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Make one call (`chat.postMessage`); `already_…` counts as success."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            response = await getattr(self._client, method.replace(".", "_"))(**given)
        except _FAILED as error:
            failure = failure_of(method, error)
            if failure is not None:
                raise failure from error
            return _data(error.response) if isinstance(error, SlackApiError) else {}
        return _data(response)


def failure_of(method: str, error: BaseException) -> SlackError | None:
    """Return what an exception from slack_sdk means; None if things are as the call wanted them."""
    match error:
        case SlackApiError():
            return _refusal(method, error)
        case aiohttp.ClientConnectorError():
            return NotSent(type(error).__name__)
        case aiohttp.ClientError() | OSError():  # Includes time-outs.
            return OutcomeUnknown(type(error).__name__)
        case _:
            return OutcomeUnknown(_CANNOT_BE_READ)


def _refusal(method: str, error: SlackApiError) -> SlackError | None:
    response = error.response
    status = getattr(response, "status_code", 0)
    data = _data(response)
    headers = {k.lower(): v for k, v in dict(getattr(response, "headers", {})).items()}
    after = _seconds(headers.get("retry-after"))
    code = word(data, "error", longest=_LONGEST_CODE) or (
        "an unreadable code" if data.get("error") else ""
    )
    if status == 429:
        return RateLimited(timedelta(seconds=after), method)
    if status >= 500 or not code:
        return OutcomeUnknown(f"http {status}" if status >= 300 else _CANNOT_BE_READ)
    told = data.get("response_metadata")
    messages = told.get("messages") if isinstance(told, dict) else None
    details = tuple(str(one)[:300] for one in messages) if isinstance(messages, list) else ()
    needed = word(data, "needed", longest=_LONGEST_CODE)
    return sort_code(
        code,
        retry_after=after,
        method=method,
        details=details,
        needed=needed,
        people=refused_people(data, method),
    )


def _data(response: Any) -> Mapping[str, Any]:
    data = getattr(response, "data", None)
    return data if isinstance(data, dict) else {}


def _seconds(header: str | None) -> float:
    try:
        after = float(header) if header else _DEFAULT_RETRY_AFTER
    except ValueError:
        return _DEFAULT_RETRY_AFTER
    return min(max(1.0, after), _LONGEST_RETRY_AFTER) if not isnan(after) else _DEFAULT_RETRY_AFTER
