"""What goes wrong behind the answer: how loud the log is about it."""

import asyncio
import logging

import aiohttp
import pytest

from handlers.background import BackgroundTasks


class OurFault(Exception):
    pass


async def ended_with(error: Exception, caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    async def work() -> None:
        raise error

    tasks = BackgroundTasks()
    tasks.start(work(), "Reading a user group")
    await tasks.settled()
    await asyncio.sleep(0)
    [line] = caplog.records
    return line


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(),
        aiohttp.ServerTimeoutError(),
        aiohttp.ServerDisconnectedError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_call_that_slack_does_not_answer_is_a_warning_in_one_line(
    caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    line = await ended_with(error, caplog)
    said = line.getMessage()
    assert line.levelno == logging.WARNING
    assert said.startswith(f"Reading a user group failed: {type(error).__name__}")
    assert "\n" not in said


async def test_a_fault_of_ours_is_an_error_with_its_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = await ended_with(OurFault(), caplog)
    assert line.levelno == logging.ERROR
    assert "test_background.py" in line.getMessage()
