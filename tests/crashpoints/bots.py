"""Bots that a test can make die at a point. The nursery starts them and reports on them."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "tests" / "small_escalation.toml"
SECRET = "decafbaddecafbaddecafbaddecafbad"
Begetter = subprocess.Popen[bytes]
_NUMBERS = count()


@dataclass
class Bot:
    """One process. Its points are in the order in which it reached them."""

    pid: int = 0
    port: int = 0
    points: list[str] = field(default_factory=list)
    listens: asyncio.Event = field(default_factory=asyncio.Event)
    met_slack: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    status: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    @property
    def killed(self) -> bool:
        return self.status is not None and os.WTERMSIG(self.status) == signal.SIGKILL

    def arm(self) -> None:
        """Count the bot's points from now on. The bot handles this before it reads any later
        request.
        """
        os.kill(self.pid, signal.SIGUSR1)

    async def kill(self) -> None:
        if not self.ended.is_set():
            os.kill(self.pid, signal.SIGKILL)
        await self.ended.wait()


class Nursery:
    """The process that starts bots, and its reports while a test runs."""

    def __init__(self, process: Begetter, said: asyncio.StreamReader) -> None:
        self._process = process
        self._said = said
        self._bots: dict[int, Bot] = {}
        self._listening = asyncio.create_task(self._listen())

    async def bot(
        self,
        *,
        database_url: str,
        api_url: str,
        clock_file: Path,
        die_at: str | None = None,
        later: float = 0.0,
    ) -> Bot:
        """Start a bot and wait until it listens. `later` moves its clock on by so many seconds."""
        number, bot = next(_NUMBERS), Bot()
        self._bots[number] = bot
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-playground",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": api_url,
            "DATABASE_URL": database_url,
            "CLOCK_OFFSET_FILE": str(clock_file),
        }
        order = {"number": number, "environment": environment, "die_at": die_at, "later": later}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        async with asyncio.timeout(60):
            await bot.listens.wait()
        assert not bot.ended.is_set(), "it ended while it was starting: see bots.log"
        return bot

    async def _listen(self) -> None:
        try:
            while line := await self._said.readline():
                self._hear(json.loads(line))
        finally:
            for bot in self._bots.values():  # No more reports: release all waiting tests.
                bot.ended.set()
                bot.listens.set()

    def _hear(self, said: dict[str, Any]) -> None:
        bot = self._bots[said["bot"]]
        match said:
            case {"pid": pid, "port": port}:
                bot.pid, bot.port = pid, port
                bot.listens.set()
            case {"met": True}:
                bot.met_slack.set()
            case {"point": point}:
                bot.points.append(point)
            case {"ended": status}:
                bot.status = status
                bot.ended.set()
                bot.listens.set()

    async def close(self) -> None:
        """End every bot. The process stays for the next test."""
        for bot in self._bots.values():
            await bot.kill()
        self._listening.cancel()
        await asyncio.wait({self._listening})


@contextlib.asynccontextmanager
async def nursery(process: Begetter) -> AsyncIterator[Nursery]:
    assert process.stdout is not None
    said = asyncio.StreamReader()
    ours = os.fdopen(os.dup(process.stdout.fileno()), "rb")  # Closed with the transport.
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(said), ours
    )
    running = Nursery(process, said)
    try:
        yield running
    finally:
        await running.close()
        transport.close()


@contextlib.contextmanager
def begetting(folder: Path) -> Iterator[Begetter]:
    """Start the process. Its bots' error output is in the folder's `bots.log`."""
    command = [sys.executable, "-m", "tests.crashpoints.nursery", str(POLICY)]
    with (
        (folder / "bots.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        yield process
