"""Bots as real processes, against a playground that logs each message that it accepts."""

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from bot.render.manifest import manifest
from playground.testing import RunningPlayground, running_playground
from playground.web.faults import FaultKind, FaultRule
from playground.web.ports import reserved
from tests.faults.line import Line, line_to
from tests.faults.policies import ROOT, people, shipped

CAST = ROOT / "bot" / "demo" / "workspace.json"
SECRET = "decafbaddecafbaddecafbaddecafbad"
LEASE = 3.0
SERVE = (str(ROOT / "app.py"), "serve")
_TAIL = 40


class Replica:
    """One process of the bot."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    @property
    def runs(self) -> bool:
        return self.process.returncode is None

    def kill(self) -> None:
        """SIGKILL: the process cleans up nothing."""
        self.process.send_signal(signal.SIGKILL)

    def pause(self) -> None:
        """SIGSTOP: the process stops wherever it is."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT: the process goes on as if no time had passed."""
        self.process.send_signal(signal.SIGCONT)

    async def killed(self) -> None:
        """SIGKILL, and wait until the process is gone."""
        if self.runs:
            self.kill()
        await self.process.wait()

    def end_what_it_started(self) -> None:
        """Kill the processes that a launcher forked. They would go on using the database."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def ended(self, within: float = 60.0) -> int:
        """Wait until it ends by itself. Return its exit status (minus the signal's number)."""
        return await asyncio.wait_for(self.process.wait(), within)

    async def get(self, path: str) -> tuple[int, str]:
        """Ask it over HTTP. Return (0, the reason) if it does not answer."""
        return await asyncio.to_thread(_fetched, f"http://127.0.0.1:{self.port}{path}")

    async def is_ready(self) -> bool:
        return (await self.get("/readyz"))[0] == 200

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join([f"--- {self.log.name}, its last {_TAIL} lines", *lines[-_TAIL:]])


def _fetched(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()
    except OSError as error:
        return 0, str(error)


class Bots:
    """A stage: a playground, a database, and as many replicas on them as a test starts."""

    def __init__(
        self,
        slack: RunningPlayground,
        database_url: str,
        folder: Path,
        clock_file: Path,
        held: AsyncExitStack,
    ) -> None:
        self.slack = slack
        self.database_url = database_url
        self.folder = folder
        self.clock_file = clock_file
        self.policy_file = folder / "policy.toml"
        self.replicas: list[Replica] = []
        self._held = held
        self._started = 0

    # Processes

    async def start(
        self,
        *,
        env: Mapping[str, str] | None = None,
        through: Line | None = None,
        lease: float = LEASE,
        command: Sequence[str] = SERVE,
        ready: bool = True,
    ) -> Replica:
        """Start one more process. With `ready`, wait until it is, and let Slack send requests to
        it.

        `command` is a script and the arguments before the options of `serve`. A test's own launcher
        sets its hooks and then runs the app.
        """
        port = self._held.enter_context(reserved())
        settings = {
            "SLACK_BOT_TOKEN": "xoxb-playground",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": through.api_url if through else self.slack.api_url,
            "DATABASE_URL": self.database_url,
            "ESCALATION_POLICY": str(self.policy_file),
            "CLOCK_OFFSET_FILE": str(self.clock_file),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "PYTHONPATH": str(ROOT),
        }
        self._started += 1
        log = self.folder / f"replica-{self._started}.log"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                "--lease",
                str(lease),
                env={**os.environ, **settings, **(env or {})},
                cwd=ROOT,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        replica = Replica(process, port, log)
        self.replicas.append(replica)
        if ready:
            await self.until_ready(replica)
        return replica

    async def until_ready(self, replica: Replica) -> None:
        """Wait for it, and let Slack send people's requests to it."""
        async with asyncio.timeout(90):
            while not await replica.is_ready():
                assert replica.runs, "the bot ended while it was starting"
                await asyncio.sleep(0.05)  # Another process does not announce that it is ready.
        self.listens(replica)

    async def start_many(self, count: int, *, lease: float = LEASE) -> list[Replica]:
        """Start several at once."""
        return list(await asyncio.gather(*(self.start(lease=lease) for _ in range(count))))

    def listens(self, replica: Replica) -> None:
        """Let Slack send commands, clicks and events to this replica."""
        self.slack.send_to(f"http://127.0.0.1:{replica.port}/slack/events")

    async def stop(self) -> None:
        """End them all in good order, including the paused ones."""
        for replica in self.replicas:
            if replica.runs:
                replica.resume()
                replica.process.terminate()
        for replica in self.replicas:
            try:
                await asyncio.wait_for(replica.process.wait(), 30)
            except TimeoutError:
                await replica.killed()
            replica.end_what_it_started()

    def tails(self) -> str:
        return "\n".join(replica.tail() for replica in self.replicas)

    # Slack

    async def line(self) -> Line:
        """Return a line to Slack for one replica, for `start(through=…)`."""
        return await self._held.enter_async_context(line_to(self.slack.port))

    def fault(
        self,
        kind: FaultKind,
        method: str = "chat.postMessage",
        *,
        channel: str | None = None,
        user: str | None = None,
        count: int | None = None,
        error: str = "internal_error",
        seconds: float = 30.0,
    ) -> FaultRule:
        """Let Slack fail from now on, `count` times or until the test ends the fault."""
        return self.slack.slack.faults.add(
            FaultRule(kind, method, channel, user, count, error=error, seconds=seconds)
        )

    def heal(self) -> None:
        self.slack.slack.faults.clear()

    async def dm(self, person: str) -> str:
        """Return the channel in which the bot writes to a person."""
        return await self.slack.person(person).dm_with_app()

    async def command(self, text: str, who: str = "mei") -> None:
        """Type `/escalate …` as a person, and wait for the answer."""
        outcome = await self.slack.person(who).command(f"/escalate {text}", "general")
        assert outcome.ok, outcome

    async def advance(self, seconds: float) -> None:
        """Move the product's time on, for Slack and for every replica."""
        await self.slack.advance(seconds)

    def accepted(self) -> list[str]:
        """Return the delivery id of each message that Slack took, once for each time.

        Messages count even if their answer never arrived, because people see them.
        """
        return [delivery for delivery, _ in self._signed()]

    def accepted_at(self, delivery: str) -> list[str]:
        """Return Slack's time stamps of a delivery's messages."""
        return [stamp for signed, stamp in self._signed() if signed == delivery]

    def _signed(self) -> Iterator[tuple[str, str]]:
        """Yield the delivery id and the time stamp of each message that has one."""
        space = self.slack.slack.workspace
        for channel in space.channels.values():
            for message in space.all_messages(channel.id):
                if message.metadata:
                    yield message.metadata["event_payload"]["id"], message.ts

    def rooms(self) -> Counter[str]:
        """Return the number of channels for each incident, by its number."""
        names = [channel.name for channel in self.slack.slack.workspace.channels.values()]
        return Counter(name.split("-")[1] for name in names if name.startswith("esc-"))


@asynccontextmanager
async def bots(
    database_url: str,
    folder: Path,
    *,
    policy: str | None = None,
    crowd: int = 0,
    beside: int = 0,
) -> AsyncIterator[Bots]:
    """Yield a stage with a playground and no bot yet. `policy` is the text of escalation.toml.

    `crowd` and `beside` add teams and people (see `policies`). If the block fails, the end of each
    replica's log is printed.
    """
    clock_file = folder / "clock"
    cast = json.loads(CAST.read_text())
    cast["people"] += people(crowd, beside)
    async with (
        running_playground(
            manifest=manifest(request_url="http://127.0.0.1:1/slack/events"),
            workspace=cast,
            clock_file=clock_file,
        ) as slack,
        AsyncExitStack() as held,
    ):
        # If time passes a Monday morning, the weekly digest is sent too.
        slack.channel("C0LEADERSHIP").members.append(slack.slack.app.user_id)
        stage = Bots(slack, database_url, folder, clock_file, held)
        stage.policy_file.write_text(policy or shipped(crowd=crowd, beside=beside))
        try:
            yield stage
        except BaseException:
            print(stage.tails())
            raise
        finally:
            await stage.stop()
