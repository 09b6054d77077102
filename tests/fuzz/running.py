"""The whole bot on loopback, assembled as in `app.py serve`, and the failures that it must never
have.

A playground is its Slack, and a real database is its store. All its log records are kept.
"""

import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.configuration.settings import Settings
from bot.log.setup import TextFormatter
from bot.policy import load
from bot.render.manifest import manifest
from commandline.server.runtime import Tocsin
from commandline.server.web import create_app
from playground.driver import Person
from playground.state.records import ApiCall
from playground.testing import RunningPlayground, running_playground
from tests.handlers.requests import Answered, signed
from tests.serving import served
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
CAST = ROOT / "bot" / "demo" / "workspace.json"

LINK_SECRET = "a secret for links, long enough"

OUR_FAULT = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "invalid_json",
        "json_not_object",
        "msg_too_long",
        "no_text",
        "view_too_large",
        "metadata_too_large",
        "invalid_metadata_format",
        "invalid_array_arg",
    }
)
"""Slack's answers to payloads that no client should send, whatever request came before."""


class Kept(logging.Handler):
    """Keeps every complaint in the log, and every record with an exception."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def failures(self) -> list[str]:
        """Return the records of internal failures: errors, and all records with a traceback."""
        formatter = TextFormatter()
        return [
            f"{record.name} {formatter.format(record)}"
            for record in self.records
            if record.levelno >= logging.ERROR or record.exc_info
        ]


@contextlib.contextmanager
def kept_log() -> Iterator[Kept]:
    kept, root = Kept(), logging.getLogger()
    root.addHandler(kept)
    try:
        yield kept
    finally:
        root.removeHandler(kept)


@dataclass
class RunningBot:
    """The bot under many bad requests."""

    slack: RunningPlayground
    tocsin: Tocsin
    origin: str
    http: aiohttp.ClientSession
    log: Kept
    calls_seen: int = field(default=0)

    @property
    def door(self) -> str:
        return f"{self.origin}/slack/events"

    def person(self, name: str) -> Person:
        return self.slack.person(name)

    async def post(
        self, body: bytes, headers: Mapping[str, str] | None = None, **signing: Any
    ) -> Answered:
        """Send a body to the door with this signature. `headers` replace those of the signature."""
        given = signed(body, **signing) | dict(headers or {})
        async with self.http.post(self.door, data=body, headers=given) as answer:
            return Answered(answer.status, await answer.text(errors="replace"))

    async def settled(self) -> None:
        await self.slack.settled()
        await self.tocsin.shell.tasks.settled()

    def complaints(self) -> list[str]:
        """Return new failures since the last call: from the log, and calls that Slack refused."""
        log = [call for call in self.slack.calls() if call.seq > self.calls_seen]
        refused = [_told(call) for call in log if call.error in OUR_FAULT]
        self.calls_seen = max((call.seq for call in log), default=self.calls_seen)
        failures = self.log.failures()
        self.log.records.clear()
        return failures + refused

    async def still_serves(self) -> None:
        """Check that a good command works, so the process has survived all earlier requests."""
        outcome = await self.person("mei").command("/escalate open p3 Still there", "general")
        assert outcome.ok, outcome
        assert "is open as P3" in json.dumps(outcome.answer), outcome.answer
        async with self.http.get(f"{self.origin}/healthz") as answer:
            assert answer.status == 200


def _told(call: ApiCall) -> str:
    return f"Slack refused {call.method} with {call.error}: {json.dumps(dict(call.args))[:600]}"


@contextlib.asynccontextmanager
async def running_bot(database_url: str) -> AsyncIterator[RunningBot]:
    """Run the bot within the test's own event loop until the block ends."""
    workspace = json.loads(CAST.read_text())
    async with running_playground(
        manifest=manifest(request_url="http://127.0.0.1:1/slack/events"),
        workspace=workspace,
        trigger_lifetime=60.0,
    ) as slack:
        tocsin = Tocsin(_settings(slack.api_url, database_url), load(ROOT / "escalation.toml"))
        with kept_log() as log:
            async with served(create_app(tocsin)) as origin, aiohttp.ClientSession() as http:
                slack.send_to(f"{origin}/slack/events")
                await eventually(lambda: tocsin.workspace, "the bot does not meet Slack")
                yield RunningBot(slack, tocsin, origin, http, log)


def _settings(api_url: str, database_url: str) -> Settings:
    return Settings(
        bot_token="xoxb-playground",
        signing_secret="decafbaddecafbaddecafbaddecafbad",
        app_token=None,
        api_url=api_url,
        database_url=database_url,
        policy_path=ROOT / "escalation.toml",
        host="127.0.0.1",
        port=0,
        log_format="text",
        public_url="http://127.0.0.1:1",
        link_secret=LINK_SECRET,
    )
