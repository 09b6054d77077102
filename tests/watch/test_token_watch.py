"""A token is asked for while nothing is sent: its loss is said once, and so is its return."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.log.episodes import Episodes
from bot.slack.client import SlackCalls, new_session, web_client
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.metrics.token_watch import TokenWatch
from playground.testing import RunningPlayground
from playground.web.faults import FaultKind, FaultRule
from tests.waiting import eventually
from tests.worker.conftest import BRISK

OFTEN = replace(BRISK, check_token_every=timedelta(milliseconds=10))


@pytest.fixture
def figures() -> ProcessMetrics:
    return ProcessMetrics()


@pytest.fixture
async def watch(slack: RunningPlayground, figures: ProcessMetrics) -> AsyncIterator[TokenWatch]:
    async with new_session(timedelta(seconds=30)) as session:
        yield TokenWatch(
            SlackCalls(web_client("xoxb-playground", session, slack.api_url)),
            figures,
            Episodes(),
            OFTEN,
        )


def refuse(slack: RunningPlayground, error: str) -> None:
    slack.slack.faults.clear()
    slack.slack.faults.add(FaultRule(FaultKind.ERROR, "auth.test", error=error))


async def test_a_token_that_is_lost_and_comes_back_is_said_once_each(
    slack: RunningPlayground,
    figures: ProcessMetrics,
    watch: TokenWatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await watch.look()
    assert figures.lost_token is None
    refuse(slack, "token_revoked")
    for _ in range(3):
        await watch.look()
    assert figures.lost_token == "token_revoked"
    slack.slack.faults.clear()
    for _ in range(3):
        await watch.look()
    assert figures.lost_token is None
    told = [(one.levelno, one.message) for one in caplog.records if one.name == "bot.log.episodes"]
    assert told == [
        (logging.ERROR, "Slack refuses our token; its deliveries wait"),
        (logging.WARNING, "Slack accepts our token again"),
    ]


async def test_an_outage_of_slack_neither_loses_a_token_nor_finds_it_again(
    slack: RunningPlayground, figures: ProcessMetrics, watch: TokenWatch
) -> None:
    refuse(slack, "internal_error")
    await watch.look()
    assert figures.lost_token is None
    refuse(slack, "token_revoked")
    await watch.look()
    refuse(slack, "internal_error")
    await watch.look()
    assert figures.lost_token == "token_revoked"


async def test_it_goes_on_looking_after_a_loss(
    slack: RunningPlayground, figures: ProcessMetrics, watch: TokenWatch
) -> None:
    refuse(slack, "account_inactive")
    running = asyncio.create_task(watch.run())
    await eventually(lambda: figures.lost_token)
    slack.slack.faults.clear()
    await eventually(lambda: figures.lost_token is None)
    running.cancel()
    await asyncio.wait({running})
