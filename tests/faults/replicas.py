"""Bots as real processes, against a playground that keeps a log of what it accepted."""

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.slack.manifest import manifest
from playground.serving import bound
from playground.testing import RunningPlayground, running_playground

ROOT = Path(__file__).resolve().parents[2]
CAST = ROOT / "bot" / "demo" / "workspace.json"
SECRET = "playground-signing-secret"
LEASE = 3.0


class Replica:
    """One process of the bot."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        self.process.send_signal(signal.SIGKILL)

    async def is_ready(self) -> bool:
        return await asyncio.to_thread(_answers, f"http://127.0.0.1:{self.port}/readyz")


def _free_port() -> int:
    with bound("127.0.0.1", 0) as free:
        return int(free.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class Bots:
    """Starts replicas on one database."""

    def __init__(self, slack: RunningPlayground, database_url: str, clock_file: Path) -> None:
        self.slack = slack
        self.database_url = database_url
        self.clock_file = clock_file
        self.replicas: list[Replica] = []

    async def start(self) -> Replica:
        """Start one more process and wait until it is ready."""
        port = _free_port()
        settings = {
            "SLACK_BOT_TOKEN": "xoxb-playground",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self.slack.api_url,
            "DATABASE_URL": self.database_url,
            "ESCALATION_POLICY": str(ROOT / "escalation.toml"),
            "CLOCK_OFFSET_FILE": str(self.clock_file),
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "app.py"),
            "serve",
            "--lease",
            str(LEASE),
            env={**os.environ, **settings},
            cwd=ROOT,
        )
        replica = Replica(process, port)
        self.replicas.append(replica)
        await _until_ready(replica)
        self.slack.send_to(f"http://127.0.0.1:{port}/slack/events")
        return replica

    async def stop(self) -> None:
        for replica in self.replicas:
            if replica.process.returncode is None:
                replica.process.terminate()
        for replica in self.replicas:
            await replica.process.wait()

    def accepted(self) -> list[str]:
        """The delivery ids of all messages that the workspace took, one entry for each time."""
        space = self.slack.slack.workspace
        return [
            message.metadata["event_payload"]["id"]
            for channel in space.channels.values()
            for message in space.all_messages(channel.id)
            if message.metadata
        ]


async def _until_ready(replica: Replica) -> None:
    async with asyncio.timeout(60):
        while not await replica.is_ready():
            assert replica.process.returncode is None, "the bot ended while it was starting"
            await asyncio.sleep(0.05)  # Nobody tells when another process is ready.


@asynccontextmanager
async def bots(database_url: str, folder: Path) -> AsyncIterator[Bots]:
    """Yield a stage with a playground and no bot yet."""
    clock_file = folder / "clock"
    async with running_playground(
        manifest=manifest(request_url="http://127.0.0.1:1/slack/events"),
        workspace=json.loads(CAST.read_text()),
        clock_file=clock_file,
    ) as slack:
        stage = Bots(slack, database_url, clock_file)
        try:
            yield stage
        finally:
            await stage.stop()
