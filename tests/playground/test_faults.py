"""Faults and rate limits: what a caller meets, and what took effect all the same."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.testing import RunningPlayground
from playground.web.faults import FaultKind, FaultRule
from tests.playground.conftest import in_channel


class Asked:
    """One raw call, as an HTTP client sees it."""

    def __init__(self, status: int, body: str, headers: Any) -> None:
        self.status, self.body, self.headers = status, body, headers


async def post(slack: RunningPlayground, channel: str, seconds: float = 10.0) -> Asked:
    timeout = aiohttp.ClientTimeout(total=seconds)
    bearer = {"Authorization": "Bearer xoxb-playground"}
    payload = {"channel": channel, "text": "posted"}
    async with (
        aiohttp.ClientSession(timeout=timeout, headers=bearer) as session,
        session.post(f"{slack.api_url}chat.postMessage", json=payload) as response,
    ):
        return Asked(response.status, await response.text(), response.headers)


def stored(slack: RunningPlayground) -> int:
    return [message.text for message in slack.messages("general")].count("posted")


def strike(slack: RunningPlayground, kind: FaultKind, **more: Any) -> FaultRule:
    return slack.slack.faults.add(FaultRule(kind, "chat.postMessage", count=1, **more))


@pytest.mark.parametrize(
    ("kind", "status", "kept"),
    [
        (FaultKind.HTTP_500, 500, 0),
        (FaultKind.HTTP_500_STORED, 500, 1),
        (FaultKind.FATAL_ERROR, 200, 0),
        (FaultKind.FATAL_ERROR_STORED, 200, 1),
        (FaultKind.HTML_BODY, 502, 0),
        (FaultKind.HTML_BODY_STORED, 502, 1),
    ],
)
async def test_a_failed_answer_tells_nothing_about_the_effect(
    slack: RunningPlayground, kind: FaultKind, status: int, kept: int
) -> None:
    channel = await in_channel(slack)
    strike(slack, kind)
    answer = await post(slack, channel)
    assert answer.status == status
    assert '"ok":true' not in answer.body
    assert stored(slack) == kept
    call = slack.calls("chat.postMessage")[-1]
    assert (call.ok, call.fault, call.ts is not None) == (False, kind.value, bool(kept))
    assert (await post(slack, channel)).status == 200


@pytest.mark.parametrize(
    ("kind", "kept"), [(FaultKind.NO_PLACE, 0), (FaultKind.NO_PLACE_STORED, 1)]
)
async def test_an_answer_may_say_ok_and_no_more(
    slack: RunningPlayground, kind: FaultKind, kept: int
) -> None:
    channel = await in_channel(slack)
    strike(slack, kind)
    answer = await post(slack, channel)
    assert (answer.status, answer.body) == (200, '{"ok":true}')
    assert stored(slack) == kept
    call = slack.calls("chat.postMessage")[-1]
    assert (call.ok, call.ts is not None) == (False, bool(kept))


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (FaultKind.RESET, 0),
        (FaultKind.RESET_STORED, 1),
        (FaultKind.CLOSE, 0),
        (FaultKind.CLOSE_STORED, 1),
    ],
)
async def test_a_reset_or_an_orderly_end_leaves_the_caller_without_an_answer(
    slack: RunningPlayground, kind: FaultKind, kept: int
) -> None:
    channel = await in_channel(slack)
    strike(slack, kind)
    with pytest.raises((aiohttp.ClientConnectionError, ConnectionResetError)):
        await post(slack, channel)
    assert stored(slack) == kept


@pytest.mark.parametrize(("kind", "kept"), [(FaultKind.HANG, 0), (FaultKind.HANG_STORED, 1)])
async def test_a_hang_outlasts_the_callers_patience(
    slack: RunningPlayground, kind: FaultKind, kept: int
) -> None:
    channel = await in_channel(slack)
    strike(slack, kind, seconds=60.0)
    with pytest.raises(TimeoutError):
        await post(slack, channel, seconds=0.3)
    assert stored(slack) == kept


async def test_slack_sdks_default_retry_posts_twice_after_a_reset(
    slack: RunningPlayground,
) -> None:
    channel = await in_channel(slack)
    strike(slack, FaultKind.RESET_STORED)
    careless = AsyncWebClient(token="xoxb-playground", base_url=slack.api_url)
    await careless.chat_postMessage(channel=channel, text="posted")
    assert stored(slack) == 2


async def test_any_error_code_can_be_had_for_one_channel_or_person(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    other = await in_channel(slack, "open")
    ada, bob = slack.person("ada").id, slack.person("bob").id
    slack.slack.set_faults(
        [
            FaultRule(FaultKind.ERROR, channel=channel, error="restricted_action"),
            FaultRule(FaultKind.ERROR, "conversations.open", user=ada, error="user_disabled"),
        ]
    )
    with pytest.raises(SlackApiError, match="restricted_action"):
        await web.chat_postMessage(channel=channel, text="x")
    assert (await web.chat_postMessage(channel=other, text="x"))["ok"]
    with pytest.raises(SlackApiError, match="user_disabled"):
        await web.conversations_open(users=[ada])
    assert (await web.conversations_open(users=[bob]))["ok"]
    slack.slack.set_faults([])
    assert (await web.chat_postMessage(channel=channel, text="x"))["ok"]


async def test_history_can_be_unavailable_and_the_token_revoked(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    slack.slack.faults.add(
        FaultRule(FaultKind.ERROR, "conversations.history", error="service_unavailable")
    )
    with pytest.raises(SlackApiError, match="service_unavailable"):
        await web.conversations_history(channel=channel)
    slack.slack.set_faults([FaultRule(FaultKind.ERROR, error="token_revoked", count=1)])
    with pytest.raises(SlackApiError, match="token_revoked"):
        await web.auth_test()
    assert (await web.auth_test())["ok"]


async def test_history_can_lag_behind_what_was_just_written(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    channel = await in_channel(slack)
    slack.slack.faults.history_lag = 60.0
    root = (await web.chat_postMessage(channel=channel, text="posted"))["ts"]
    await web.chat_postMessage(channel=channel, text="reply", thread_ts=root)
    assert (await web.conversations_history(channel=channel))["messages"] == []
    assert len((await web.conversations_replies(channel=channel, ts=root))["messages"]) == 1
    await slack.advance(61)
    texts = [m["text"] for m in (await web.conversations_history(channel=channel))["messages"]]
    assert "posted" in texts
    assert len((await web.conversations_replies(channel=channel, ts=root))["messages"]) == 2


async def test_the_list_of_channels_can_lag_behind_what_was_just_made(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    slack.slack.faults.history_lag = 60.0
    await web.conversations_create(name="esc-1")

    async def listed() -> bool:
        found: list[dict[str, str]] = (await web.users_conversations())["channels"]
        return "esc-1" in {channel["name"] for channel in found}

    assert not await listed()
    await slack.advance(62)
    assert await listed()


async def test_a_fault_with_a_probability_strikes_some_calls_and_the_same_ones_every_run(
    slack: RunningPlayground,
) -> None:
    def run() -> list[bool]:
        faults = type(slack.slack.faults)()
        rule = faults.add(FaultRule(FaultKind.HTTP_500, probability=0.5))
        struck = [faults.strike("chat.postMessage", {}) is rule for _ in range(50)]
        assert rule.hits == sum(struck)
        return struck

    assert run() == run()
    assert 0 < sum(run()) < 50


async def test_a_rate_limit_carries_retry_after(slack: RunningPlayground) -> None:
    channel = await in_channel(slack)
    strike(slack, FaultKind.RATE_LIMITED, seconds=7)
    answer = await post(slack, channel)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert stored(slack) == 0


async def test_rates_are_off_until_switched_on_and_then_count_by_channel(
    slack: RunningPlayground,
) -> None:
    channel = await in_channel(slack)
    other = await in_channel(slack, "open")
    for _ in range(10):
        assert (await post(slack, channel)).status == 200
    slack.slack.rates.switch(True)
    statuses = [(await post(slack, channel)).status for _ in range(6)]
    assert statuses[:4] == [200] * 4
    assert 429 in statuses[4:]
    assert (await post(slack, other)).status == 200
    slack.slack.rates.switch(False)
    assert (await post(slack, channel)).status == 200


async def test_a_tier_allows_so_many_calls_a_minute(
    slack: RunningPlayground, web: AsyncWebClient
) -> None:
    slack.slack.rates.switch(True)
    for _ in range(20):
        await web.users_list()
    with pytest.raises(SlackApiError) as failed:
        await web.users_list()
    response = failed.value.response
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 3


async def test_latency_is_by_method(slack: RunningPlayground, web: AsyncWebClient) -> None:
    slack.slack.faults.latency_ms = {"*": 0.0, "auth.test": 60_000.0}
    assert (await web.api_test())["ok"]
    impatient = AsyncWebClient(
        token="xoxb-playground", base_url=slack.api_url, timeout=1, retry_handlers=[]
    )
    with pytest.raises(TimeoutError):
        await impatient.auth_test()
