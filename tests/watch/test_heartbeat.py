"""The heartbeat comes while pages do, stops when they do not, and comes again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from bot.configuration.settings import SettingsError, read_settings
from bot.log.episodes import Episodes
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.upkeep.heartbeat import TIMEOUT, Heartbeat
from playground.web.faults import FaultKind, FaultRule
from tests.waiting import eventually
from tests.watch.conftest import WATCHFUL, RunningBot, StartBot, until
from tests.watch.dead_man import SECRET_PATH, DeadMan, dead_man

IMPATIENT = replace(WATCHFUL, longest_overdue=timedelta(seconds=0.5))
OFTEN = timedelta(seconds=0.05)


@pytest.fixture
async def switch() -> AsyncIterator[DeadMan]:
    async with dead_man() as listening:
        yield listening


async def test_it_stops_when_slack_takes_no_pages_and_comes_again_when_it_does(
    start_bot: StartBot, switch: DeadMan, caplog: pytest.LogCaptureFixture
) -> None:
    async with start_bot(IMPATIENT, HEARTBEAT_URL=switch.url) as bot:
        await switch.until_asked(2)
        down = FaultRule(FaultKind.RESET, "chat.postMessage")
        bot.slack.slack.faults.add(down)
        await bot.person("mei").command("/escalate open p1 Pile-on", "general")
        began = await withheld(bot)
        await until(lambda: withheld(bot), lambda now: now > began)
        asked = len(switch.asked)
        await until(lambda: withheld(bot), lambda now: now > began + 2)
        assert len(switch.asked) == asked
        bot.slack.slack.faults.clear()
        await switch.until_asked(2)
        assert (await bot.metric("tocsin_last_heartbeat_timestamp_seconds") or 0) > 0
    told = [record.__dict__.get("why") for record in caplog.records]
    assert "work has been overdue for too long" in told, told


async def withheld(bot: RunningBot) -> float:
    return await bot.metric("tocsin_heartbeats_total", "withheld") or 0.0


async def test_it_stops_when_the_token_is_lost(start_bot: StartBot, switch: DeadMan) -> None:
    async with start_bot(HEARTBEAT_URL=switch.url) as bot:
        await switch.until_asked()
        began = await withheld(bot)
        bot.slack.slack.app.revoked = True
        await until(lambda: withheld(bot), lambda now: now > began)
        bot.slack.slack.app.revoked = False
        await switch.until_asked()


async def test_a_switch_that_hangs_delays_nothing(start_bot: StartBot, switch: DeadMan) -> None:
    switch.hangs = True
    async with start_bot(HEARTBEAT_URL=switch.url) as bot:
        await switch.until_asked()
        assert (await bot.person("mei").command("/escalate open p1 Pile-on", "general")).ok
        await bot.paged()
        await bot.until_well()


async def beats(
    url: str, reasons: list[str], figures: ProcessMetrics, timeout: timedelta = TIMEOUT
) -> asyncio.Task[None]:
    async def why() -> list[str]:
        if reasons == ["raise"]:
            raise RuntimeError("a title that must not be logged")
        return reasons

    return asyncio.create_task(Heartbeat(url, OFTEN, why, figures, Episodes(), timeout).run())


def count(figures: ProcessMetrics, outcome: str) -> float:
    said = figures.registry.get_sample_value("tocsin_heartbeats_total", {"outcome": outcome})
    return said or 0.0


async def counted(figures: ProcessMetrics, outcome: str, more: int = 2) -> None:
    wanted = count(figures, outcome) + more
    await eventually(lambda: count(figures, outcome) >= wanted, f"none was {outcome}")


async def test_no_answer_no_error_and_no_exception_stops_it_or_is_quoted(
    switch: DeadMan, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    figures, reasons = ProcessMetrics(), list[str]()
    task = await beats(switch.url, reasons, figures, timeout=timedelta(seconds=0.2))
    try:
        await counted(figures, "sent")
        switch.answer = web.Response(status=500)
        await counted(figures, "failed")
        switch.answer = web.Response(status=302, headers={"location": "/elsewhere"})
        await counted(figures, "failed")
        assert "/elsewhere" not in switch.asked
        switch.hangs = True
        await counted(figures, "failed")
        switch.hangs, switch.answer = False, None
        await counted(figures, "sent")
        reasons.append("raise")
        await counted(figures, "failed")
        reasons.clear()
        await counted(figures, "sent")
    finally:
        task.cancel()
    everything = str([record.__dict__ for record in caplog.records]) + caplog.text
    assert SECRET_PATH not in everything
    assert "must not be logged" not in everything
    assert "status 302" in everything


async def test_an_address_where_nobody_listens_is_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    figures = ProcessMetrics()
    task = await beats("http://127.0.0.1:1/a-secret", [], figures)
    try:
        await counted(figures, "failed", more=3)
    finally:
        task.cancel()
    assert "a-secret" not in str([record.__dict__ for record in caplog.records])
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"HEARTBEAT_URL": "ftp://hc/secret"}, "HEARTBEAT_URL"),
        ({"HEARTBEAT_EVERY": "often"}, "HEARTBEAT_EVERY"),
        ({"HEARTBEAT_EVERY": "0.1s"}, "at least a second"),
        ({"CANARY_EVERY": "15m"}, "CANARY_CHANNEL"),
        ({"CANARY_EVERY": "15m", "CANARY_CHANNEL": "#canary"}, "CANARY_CHANNEL"),
        ({"CANARY_EVERY": "15m", "CANARY_CHANNEL": "C0CANARY", "PORT": "0"}, "PORT"),
    ],
)
def test_a_wrong_setting_is_one_sentence(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        read_settings(wrong, slack_needed=False)
    assert "secret" not in str(refused.value)
