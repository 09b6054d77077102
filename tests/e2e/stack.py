"""`python app.py demo` as a real process: the bot, the playground, and their output."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playground.web.ports import HOST, reserved

ROOT = Path(__file__).resolve().parents[2]
READY = "Tocsin is ready"
_READY_SECONDS = 120.0
_STOP_SECONDS = 40.0


class Stack:
    """A running demonstration, from outside."""

    def __init__(self, port: int, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.address = f"http://{HOST}:{port}"
        self.folder = folder
        self.log = folder.with_suffix(".log")
        self._process = process

    def said(self) -> str:
        """Return all output of its processes."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def look(self, what: str, **query: str) -> Any:
        """Ask the playground for its 'api_log', 'messages', 'people' and so on."""
        address = f"{self.address}/control/{what}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)

    def do(self, what: str, **body: Any) -> Any:
        """Do something for which the page has no control."""
        request = urllib.request.Request(
            f"{self.address}/control/{what}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + _READY_SECONDS
        while READY not in self.said():
            if self._process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"The demonstration did not start:\n{self.said()}")
            time.sleep(0.05)

    def stop(self) -> int:
        """Press Ctrl-C, and return the exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=_STOP_SECONDS)


@contextmanager
def running(
    folder: Path, *given: str, bots: int = 1, environment: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """Start a demonstration in this folder, wait until it is ready, and stop it at the end."""
    command = [sys.executable, str(ROOT / "app.py"), "demo", "--folder", str(folder)]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with reserved(1 + bots) as port, folder.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--lease", "8", *given],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            # A group of its own, so that Ctrl-C on the tests stops it once, through the fixture.
            start_new_session=True,
        )
        stack = Stack(port, folder, process)
        try:
            stack.wait_until_ready()
            yield stack
        finally:
            stack.stop()
