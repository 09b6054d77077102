"""Try Tocsin without a Slack account: the bot and a playground in your browser, on SQLite."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.configuration.settings import SettingsError
from bot.domain.act import Workspace
from bot.policy import Policy, load
from bot.render.manifest import manifest
from bot.store.database import Database
from commandline.arguments import port, replicas, seconds
from commandline.database.migrations import migrate
from commandline.database.sole_user import sole_user
from commandline.demonstration.demo_options import check_options, said_of_ignored, without_settings
from commandline.demonstration.seed import Unfit, seed
from commandline.server.listening import check_port

ROOT = Path(__file__).resolve().parents[2]
CAST = ROOT / "bot" / "demo" / "workspace.json"
HOST = "127.0.0.1"
BOT_TOKEN, APP_TOKEN, SECRET = (
    "xoxb-playground",
    "xapp-playground",
    "decafbaddecafbaddecafbaddecafbad",
)
MARK = ".tocsin-demo"
_START_SECONDS = 60.0
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Ignores the environment's proxies: everything is on loopback, where they cannot reach."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=port, default=8700, help="port of the page (default: %(default)s)"
    )
    parser.add_argument(
        "--bot-port", type=port, help="port of the bot (default: the page's plus one)"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("var/demo"),
        help="folder for its files (default: %(default)s)",
    )
    parser.add_argument("--database-url", help="database to use instead of a new SQLite file")
    parser.add_argument(
        "--policy",
        type=Path,
        default=ROOT / "escalation.toml",
        help="policy file to use instead of the shipped one",
    )
    parser.add_argument(
        "--replicas", type=replicas, default=1, help="number of bots (default: %(default)s)"
    )
    parser.add_argument(
        "--socket-mode", action="store_true", help="use Socket Mode instead of HTTP"
    )
    parser.add_argument("--no-seed", action="store_true", help="start without past escalations")
    parser.add_argument("--lease", type=seconds, default=30.0, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Start everything, print the address, and stop everything on Ctrl-C."""
    demo = Demo(arguments, environment)
    if (ignored := said_of_ignored(environment)) is not None:
        print(ignored, file=sys.stderr)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, demo.stop_soon)
    try:
        demo.prepare()
        demo.start()
        print(f"\n  Tocsin is ready: {demo.address}\n", flush=True)
        print("  You are Mei Tan, the programme manager. Type /escalate, or open the Home tab of")
        print("  Tocsin; switch to other people at the top left. Ctrl-C stops it.\n", flush=True)
        return demo.watch()
    finally:
        demo.stop()


class Demo:
    """The processes of the demonstration."""

    def __init__(self, arguments: argparse.Namespace, environment: Mapping[str, str]) -> None:
        self.given = arguments
        self.environment = without_settings(environment)
        self.folder: Path = arguments.folder.resolve()
        check_options(arguments, self.folder)
        first: int = arguments.bot_port or arguments.port + 1
        self.bot_ports = range(first, first + arguments.replicas)
        self.address = f"http://{HOST}:{arguments.port}"
        self.database_url = arguments.database_url or f"sqlite:///{self.folder / 'tocsin.sqlite3'}"
        self.clock_file = self.folder / "clock"
        self.policy_path: Path = arguments.policy.resolve()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._stopping = False

    def prepare(self) -> None:
        """Prepare an empty folder and a migrated database with some weeks of past incidents."""
        check_port(HOST, self.given.port, "--port")
        for number in self.bot_ports:
            check_port(HOST, number, "--bot-port")
        policy = load(self.policy_path)
        if self.folder.exists():
            if not (self.folder / MARK).exists() and any(self.folder.iterdir()):
                raise SettingsError(
                    f"{self.folder} holds files that are not from the demo, which deletes its "
                    "folder each time: name another --folder."
                )
            with sole_user(self.database_url, create=False):
                shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        (self.folder / MARK).touch()
        request_url = None if self.given.socket_mode else self.request_url
        described = json.dumps(manifest(request_url=request_url))
        (self.folder / "manifest.json").write_text(described)
        db = Database(self.database_url)
        migrate(db)
        if not self.given.no_seed:
            team = json.loads(CAST.read_text())["team"]["id"]
            self._seed(db, policy, Workspace(team))
        db.close()

    def _seed(self, db: Database, policy: Policy, workspace: Workspace) -> None:
        try:
            seed(db, policy, workspace, datetime.now(UTC))
        except Unfit:
            print(
                "The demo begins without past escalations: they are about categories, teams and "
                f"people that {self.policy_path.name} does not have.",
                flush=True,
            )

    @property
    def request_url(self) -> str:
        return f"http://{HOST}:{self.bot_ports[0]}/slack/events"

    def start(self) -> None:
        self._start_playground()
        self._wait_for(f"{self.address}/healthz", "The playground")
        self._bring_the_bot_in()
        for number in self.bot_ports:
            self._start_bot(number)
        for number in self.bot_ports:
            self._wait_for(f"http://{HOST}:{number}/readyz", "The bot")

    def _start_playground(self) -> None:
        command = [sys.executable, "-m", "playground", "--host", HOST]
        command += ["--port", str(self.given.port), "--signing-secret", SECRET]
        command += ["--bot-token", BOT_TOKEN, "--app-token", APP_TOKEN]
        command += ["--manifest", str(self.folder / "manifest.json"), "--workspace", str(CAST)]
        command += ["--clock-file", str(self.clock_file)]
        if not self.given.socket_mode:
            command += ["--app-url", self.request_url]
        self._spawn(command, self.environment)

    def _bring_the_bot_in(self) -> None:
        """Invite the app to the private channels of the cast, as a person does in Slack."""
        bot_user = self._asked("/control/app")["user_id"]
        for channel in json.loads(CAST.read_text())["channels"]:
            if channel.get("is_private"):
                by = {"user": channel["creator"], "channel": channel["id"]}
                self._asked("/control/invite", {**by, "users": [bot_user]})

    def _asked(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self.address}{path}", data, headers)
        with _DIRECTLY.open(request, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def _start_bot(self, port: int) -> None:
        settings = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": f"{self.address}/api/",
            "DATABASE_URL": self.database_url,
            "ESCALATION_POLICY": str(self.policy_path),
            "CLOCK_OFFSET_FILE": str(self.clock_file),
            "HOST": HOST,
            "PORT": str(port),
            "SLACK_APP_TOKEN": APP_TOKEN if self.given.socket_mode else "",
        }
        command = [sys.executable, str(ROOT / "app.py"), "serve", "--lease", str(self.given.lease)]
        if self.given.replicas == 1:
            # Only one bot: several would each stop at different moments.
            command.append("--time-in-steps")
        self._spawn(command, {**self.environment, **settings})

    def _spawn(self, command: list[str], environment: dict[str, str]) -> None:
        environment = {**environment, "PYTHONPATH": str(ROOT)}
        # A separate group: Ctrl-C reaches only this process, which stops the others in order.
        # The demo's folder holds no .env.
        process = subprocess.Popen(
            command, cwd=self.folder, env=environment, start_new_session=True
        )
        self._processes.append(process)

    def _wait_for(self, url: str, who: str) -> None:
        until = time.monotonic() + _START_SECONDS
        while not self._answers(url):
            if self._stopping:
                raise KeyboardInterrupt
            if self._ended():
                raise SystemExit(f"{who} ended before it was ready; its output is above.")
            if time.monotonic() > until:
                raise SystemExit(f"{who} is not ready after {_START_SECONDS:.0f} seconds.")
            time.sleep(0.1)

    @staticmethod
    def _answers(url: str) -> bool:
        try:
            with _DIRECTLY.open(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _ended(self) -> bool:
        return any(process.poll() is not None for process in self._processes)

    def watch(self) -> int:
        """Wait until told to stop, or until one of the processes ends."""
        while not self._stopping:
            if self._ended():
                print("One of the processes has ended; stopping the rest.", file=sys.stderr)
                return 1
            time.sleep(0.2)
        return 0

    def stop_soon(self, *_signal: object) -> None:
        self._stopping = True

    def stop(self) -> None:
        """Stop the bots first, so that they can still finish sending."""
        for process in reversed(self._processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
