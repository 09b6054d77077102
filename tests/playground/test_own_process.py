"""`python -m playground` ends quietly, also while a page is open."""

import asyncio
import signal
import sys

import pytest
from aiohttp import ClientSession

from commandline.commands.demo import CAST

IN_A_TERMINAL = (signal.SIGINT, signal.SIGTERM)


@pytest.mark.parametrize("number", IN_A_TERMINAL)
async def test_a_signal_ends_the_stream_of_an_open_page(number: signal.Signals) -> None:
    command = (sys.executable, "-m", "playground", "--port", "0", "--workspace", CAST)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().split()[-1]
    page = f"{address}/client/U0MEI/events"
    async with ClientSession() as browser, browser.get(page) as stream:
        assert (await stream.content.readline()).startswith(b"retry:")
        process.send_signal(number)
        _, complaints = await asyncio.wait_for(process.communicate(), 20)
    assert complaints.decode() == ""
