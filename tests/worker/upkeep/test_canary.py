"""A canary's click that comes to nothing is no success, whatever the door says."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.slack.client import SlackCalls, new_session, web_client
from bot.worker.upkeep.canary import Canary, Click, Us
from tests.waiting import eventually
from tests.worker.conftest import BRISK, Rig

CHANNEL = "C0ESCALATIONS"
PATIENT = replace(BRISK, http_timeout=timedelta(seconds=20), lease=timedelta(seconds=40))


@asynccontextmanager
async def flying(rig: Rig, click: Click) -> AsyncIterator[None]:
    """Fly one while the block runs, with a door of the test's own."""
    us = Us(rig.workspace, rig.slack.slack.app.user_id)
    async with new_session(PATIENT.http_timeout) as session, rig.working(PATIENT, ticking=False):
        calls = SlackCalls(web_client("xoxb-playground", session, rig.slack.api_url))
        every = timedelta(days=100)
        canary = Canary(rig.gear(PATIENT), calls, click, lambda: us, every=every, channel=CHANNEL)
        task = asyncio.create_task(canary.run())
        yield
        task.cancel()
        await asyncio.wait({task})


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (503, "the click was answered with status 503"),
        (200, "the click was taken and changed nothing"),
    ],
)
async def test_a_click_that_is_refused_or_changes_nothing_fails_it(
    rig: Rig, caplog: pytest.LogCaptureFixture, status: int, why: str
) -> None:
    clicked: list[Mapping[str, Any]] = []

    async def click(payload: Mapping[str, Any]) -> int:
        clicked.append(payload)
        return status

    def told() -> list[dict[str, Any]]:
        return [one.__dict__ for one in caplog.records if one.name == "bot.log.episodes"]

    async with flying(rig, click):
        [failed] = await eventually(told)
    assert (failed["message"], failed["step"], failed["why"]) == (
        "The canary failed",
        "acknowledged",
        why,
    )
    assert len(clicked) == 1
    assert clicked[0]["user"]["id"] == rig.slack.slack.app.user_id
