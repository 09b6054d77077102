"""Runs the doctor against a playground, as its own process or in this one."""

import asyncio
import copy
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.render.manifest import SCOPES, manifest
from commandline.commands.doctor import findings, status
from playground.testing import RunningPlayground, running_playground

ROOT = Path(__file__).resolve().parents[2]
CAST: dict[str, Any] = json.loads((ROOT / "bot" / "demo" / "workspace.json").read_text())
BOT_TOKEN, APP_TOKEN = "xoxb-doctors-own-token", "xapp-doctors-own-token"
SECRET = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Account:
    """The doctor's output and exit status."""

    status: int
    said: str
    aside: str

    def failing(self) -> list[str]:
        return [line for line in self.said.splitlines() if line.startswith("FAIL")]

    def warning(self) -> list[str]:
        return [line for line in self.said.splitlines() if line.startswith("warn")]


@asynccontextmanager
async def slack_with(
    *, scopes: tuple[str, ...] = SCOPES, change: Callable[[dict[str, Any]], None] | None = None
) -> AsyncIterator[RunningPlayground]:
    """The demonstration's workspace, with the bot in leadership's private channel."""
    described = manifest(request_url="http://127.0.0.1:1/slack/events")
    described["oauth_config"]["scopes"]["bot"] = list(scopes)
    cast = copy.deepcopy(CAST)
    if change is not None:
        change(cast)
    async with running_playground(
        workspace=cast, manifest=described, bot_token=BOT_TOKEN, app_token=APP_TOKEN
    ) as running:
        leadership = running.channel("C0LEADERSHIP")
        running.slack.rooms.add_member(leadership, running.slack.app.user_id)
        yield running


def person(cast: Mapping[str, Any], user: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in cast["people"] if each["id"] == user)
    return found


def channel(cast: Mapping[str, Any], channel_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in cast["channels"] if each["id"] == channel_id)
    return found


async def doctor(
    folder: Path, *options: str, before: Sequence[str] = (), **settings: str
) -> Account:
    """Run the doctor in a folder of its own, without this machine's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given = {"ESCALATION_POLICY": str(ROOT / "escalation.toml"), **settings}
    process = await asyncio.create_subprocess_exec(
        *before,
        sys.executable,
        str(ROOT / "app.py"),
        "doctor",
        *options,
        cwd=folder,
        env={**kept, **given},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, aside = await process.communicate()
    account = Account(process.returncode or 0, said.decode(), aside.decode())
    assert "Traceback" not in account.said + account.aside, account.aside
    assert BOT_TOKEN not in account.said + account.aside
    assert SECRET not in account.said + account.aside
    return account


async def examined(capsys: pytest.CaptureFixture[str], **settings: str) -> Account:
    """Run the doctor in this process, for checks that do not need a process of their own."""
    given = {"ESCALATION_POLICY": str(ROOT / "escalation.toml"), **settings}
    found = [finding async for finding in findings(given)]
    said = "\n".join(finding.lines() for finding in found)
    assert BOT_TOKEN not in said
    return Account(status(found), said, capsys.readouterr().err)


def settings_for(slack: RunningPlayground, database_url: str) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": database_url,
    }


def keep_private(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).chmod(0o600)
