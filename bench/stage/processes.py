"""Runs each process of a measurement on loopback, and stops it at the end."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.web.ports import HOST, reserved

ROOT = Path(__file__).resolve().parents[2]
SECRET, TOKEN = "bench-signing-secret", "xoxb-bench"
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens addresses on loopback directly, even if the environment names a proxy."""


@contextmanager
def running(
    *command: str,
    environment: Mapping[str, str] | None = None,
    gently: bool = True,
    quiet: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python <command>`. End it with SIGTERM, or with SIGKILL if nothing needs to be kept."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**_scrubbed(), **(environment or {})},
        start_new_session=True,
        stderr=subprocess.DEVNULL if quiet else None,
    )
    try:
        yield process
    finally:
        _end(process, signal.SIGTERM if gently else signal.SIGKILL)


def _scrubbed() -> dict[str, str]:
    ours = ("DATABASE_URL", "PORT", "HOST", "ESCALATION_POLICY", "CLOCK_OFFSET_FILE", "LOG_FORMAT")
    # Python keeps its compiled files, as it does by default.
    without = (*ours, "PYTHONDONTWRITEBYTECODE")
    kept = {n: v for n, v in os.environ.items() if not n.startswith("SLACK_") and n not in without}
    return {**kept, "PYTHONPATH": str(ROOT)}


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is not None:
        return
    os.killpg(process.pid, how)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(frozen=True, slots=True)
class Started:
    """A bot that is ready. `seconds` is the time from its process's start until then."""

    base: str
    pid: int
    seconds: float

    def resident(self) -> float:
        """Return its resident memory in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1_024


@contextmanager
def bot(
    database_url: str, api_url: str, *, gently: bool = False, quiet: bool = True
) -> Iterator[str]:
    """Run the real bot, as `python app.py serve` does. Yield its base address when it is ready."""
    with started_bot(database_url, api_url, gently=gently, quiet=quiet) as started:
        yield started.base


@contextmanager
def started_bot(
    database_url: str, api_url: str, *, gently: bool = False, quiet: bool = True
) -> Iterator[Started]:
    """Run the bot as `bot` does, and yield the measurements of its start too."""
    settings = {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api_url,
        "DATABASE_URL": database_url,
        "ESCALATION_POLICY": str(ROOT / "escalation.toml"),
        "HOST": HOST,
    }
    with reserved() as port:
        begun, settings = time.monotonic(), {**settings, "PORT": str(port)}
        with running(
            "app.py", "serve", environment=settings, gently=gently, quiet=quiet
        ) as process:
            base = f"http://{HOST}:{port}"
            wait_for(f"{base}/readyz", process)
            yield Started(base, process.pid, time.monotonic() - begun)


@contextmanager
def bare() -> Iterator[str]:
    """Run the bare minimum: a Bolt app that only acknowledges."""
    with (
        reserved() as port,
        running("-m", "bench.baselines.bare", str(port), SECRET, gently=False) as process,
    ):
        base = f"http://{HOST}:{port}"
        wait_for(f"{base}/healthz", process)
        yield base


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process answers, or fail if it does not."""
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            with DIRECTLY.open(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended before it was ready.")
        if time.monotonic() > until:
            raise SystemExit(f"{url} does not answer.")
        time.sleep(0.05)


class LoadGenerator:
    """The process that sends. It measures itself, so our own work is not in the figures."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def send(self, **order: Any) -> dict[str, Any]:
        """Have one order carried out. See bench/stage/load.py for its keys."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"secret": SECRET, **order}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("The load generator has ended.")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def load_generator() -> Iterator[LoadGenerator]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.stage.load"],
        cwd=ROOT,
        env=_scrubbed(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield LoadGenerator(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(_STOP_SECONDS)
        process.stdout.close()
