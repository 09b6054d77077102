"""Commands as processes of their own, as a person or systemd runs them."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from playground.web.ports import reserved
from tests.docs.pages import ROOT
from tests.waiting import eventually

SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-playground",
    "SLACK_SIGNING_SECRET": "decafbaddecafbaddecafbaddecafbad",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "ESCALATION_POLICY": str(ROOT / "escalation.toml"),
    "HOST": "127.0.0.1",
}


class Serving:
    """A running `app.py serve`, and its output."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path, port: int) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text()

    async def says(self, words: str) -> None:
        await eventually(lambda: words in self.said, "it does not say so")

    async def answers(self) -> None:
        await eventually(self._listens, "it does not listen")

    def _listens(self) -> bool:
        with socket.socket() as knocking:
            return knocking.connect_ex(("127.0.0.1", self.port)) == 0

    async def ended(self, by: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(by)
        return await asyncio.wait_for(self.process.wait(), 60)


@asynccontextmanager
async def serving(folder: Path, **settings: str) -> AsyncIterator[Serving]:
    """Run `serve` until the block ends."""
    log = folder / "serve.log"
    with reserved() as port, log.open("wb") as out:
        process = await _begun(folder, ("serve",), out, PORT=str(port), **settings)
        try:
            yield Serving(process, log, port)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def told(folder: Path, *command: str, **settings: str) -> tuple[int, str]:
    """Run a command to its end. Return its exit status and its whole output."""
    process = await _begun(folder, command, asyncio.subprocess.PIPE, **settings)
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def _begun(
    folder: Path, command: Sequence[str], out: IO[bytes] | int, **settings: str
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        # Under `nohup`, the tests would pass on that SIGHUP is ignored.
        *("env", "--default-signal=HUP"),
        sys.executable,
        ROOT / "app.py",
        *command,
        env={**os.environ, **SETTINGS, **settings},
        cwd=folder,
        stdout=out,
        stderr=asyncio.subprocess.STDOUT,
    )
