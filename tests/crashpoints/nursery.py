"""A process with all imports done. It forks bots in a hundredth of the time of a start.

It reads one order a line, as JSON, and writes one line for each event of a bot. Each bot is a whole
process of the product: HTTP, Bolt, tick, relay. Run as `python -m tests.crashpoints.nursery`.
"""

import asyncio
import gc
import inspect
import json
import os
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.configuration.settings import read_settings
from bot.domain.act import Workspace
from bot.policy import Policy, load
from bot.render.text.templates import Templates
from bot.store.database import Database
from bot.time_source import TimeSource
from bot.worker.people.directory_sync import DirectorySync
from bot.worker.timings import Timings
from commandline.server import runtime
from commandline.server.runtime import Tocsin
from commandline.server.web import create_app
from playground.web.serving import LoopbackServer, bound
from tests.crashpoints.points import CrashPoints

# One delivery at a time. The points then have the same order, however busy the machine is.
PACE = Timings(in_flight=1, tick=0.2, poll=0.2, between_lookups=timedelta(seconds=0.1))


def tell(bot: int, **what: Any) -> None:
    """Write one line. It is short enough to be one write, so other processes' lines cannot mix with
    it.
    """
    os.write(1, json.dumps({"bot": bot, **what}).encode() + b"\n")


class LaterTimeSource(TimeSource):
    """The clock of a machine that was off for a while. Leases have expired meanwhile."""

    def __init__(self, file: Path | None, later: timedelta) -> None:
        super().__init__(file)
        self._later = later

    def real(self) -> datetime:
        return super().real() + self._later


async def live(order: dict[str, Any], policy: Policy) -> None:
    """Run a bot until a test or a crash point ends it."""
    number = order["number"]
    points = CrashPoints(lambda point: tell(number, point=point), order["die_at"])
    points.watch_calls()
    signal.signal(signal.SIGUSR1, lambda *_: points.arm())
    settings = read_settings(order["environment"])
    # Before the bot is assembled, because its loops keep the clock.
    later = timedelta(seconds=order["later"])
    vars(runtime)["TimeSource"] = lambda file, **_: LaterTimeSource(file, later)
    tocsin = Tocsin(settings, policy, PACE)
    points.watch_commits(tocsin.db.engine)
    _tell_when_slack_was_met(number)
    listening = bound("127.0.0.1", 0)
    server = LoopbackServer(uvicorn.Config(create_app(tocsin), log_config=None, lifespan="on"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await server.listening.wait()
    tell(number, pid=os.getpid(), port=listening.getsockname()[1])
    await serving


def _tell_when_slack_was_met(number: int) -> None:
    sync = DirectorySync.sync

    async def synced(people: DirectorySync, workspace: Workspace) -> None:
        await sync(people, workspace)
        tell(number, met=True)

    DirectorySync.sync = synced  # type: ignore[assignment, method-assign]


class Nursery:
    """Forks bots, and reports how each of them ends."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._numbers: dict[int, int] = {}

    def bear(self, order: dict[str, Any]) -> None:
        """Fork. The child never returns from here."""
        # Blocked during the fork: without the child's number, its end could not be reported.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
            os.close(0)
            try:
                asyncio.run(live(order, self._policy))
            finally:
                sys.stderr.flush()
                os._exit(1)
        self._numbers[pid] = order["number"]
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])

    def bury(self, *_: Any) -> None:
        while self._numbers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            tell(self._numbers.pop(pid), ended=status)


def warm_up() -> None:
    """Do the work that every process does at its start, so that each fork finds it done."""
    words = Templates()
    # Otherwise each bot compiles the templates, which takes a quarter of a second.
    vars(runtime)["Templates"] = lambda: words
    inspect.stack()  # Bolt looks for its caller; the first look reads every module's path.
    uvicorn.Config(Starlette(), log_config=None).load()
    for url in ("sqlite:///nowhere", "postgresql://nowhere"):
        Database(url).close()


def main() -> None:
    nursery = Nursery(load(Path(sys.argv[1])))
    warm_up()
    signal.signal(signal.SIGCHLD, nursery.bury)
    gc.collect()
    gc.freeze()
    gc.disable()  # They live for seconds; looking for garbage would copy every page.
    for line in sys.stdin:
        nursery.bear(json.loads(line))


if __name__ == "__main__":
    main()
