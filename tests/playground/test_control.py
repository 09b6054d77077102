"""The control API and the playground as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from playground.state import workspace_file
from playground.state.workspace_file import BadWorkspaceFile
from playground.virtual_time import VirtualTime
from tests.playground.bolt_app import BUTTONS
from tests.playground.conftest import WORKSPACE

Json = dict[str, Any]


class Control:
    """The control API over HTTP."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session = session
        self.base = base

    async def do(self, name: str, **body: Any) -> Json:
        async with self.session.post(f"{self.base}/control/{name}", json=body) as response:
            return dict(await response.json())

    async def look(self, name: str, **query: str) -> Any:
        async with self.session.get(f"{self.base}/control/{name}", params=query) as response:
            return await response.json()

    async def api(self, method: str, **args: Any) -> Json:
        bearer = {"Authorization": "Bearer xoxb-own"}
        url = f"{self.base}/api/{method}"
        async with self.session.post(url, json=args, headers=bearer) as response:
            return dict(await response.json())


@contextlib.asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[str]:
    """`python -m playground`; yields its address."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "playground",
        "--port",
        "0",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert running.stdout is not None
        line = (await running.stdout.readline()).decode()
        yield line.split()[-1]
    finally:
        running.terminate()
        await running.wait()


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[Control]:
    workspace = tmp_path / "workspace.json"
    workspace.write_text(json.dumps(WORKSPACE))
    manifest = tmp_path / "manifest.json"
    manifest.write_text(
        json.dumps(
            {
                "features": {"slash_commands": [{"command": "/escalate"}]},
                "oauth_config": {"scopes": {"bot": ["chat:write", "channels:join"]}},
            }
        )
    )
    options = ("--workspace", str(workspace), "--manifest", str(manifest))
    clock = ("--clock-file", str(tmp_path / "clock"), "--bot-token", "xoxb-own")
    async with (
        process(*options, *clock) as base,
        aiohttp.ClientSession() as session,
    ):
        yield Control(session, base)


async def test_a_process_can_be_driven_and_read_from_outside(
    control: Control, tmp_path: Path
) -> None:
    async with control.session.get(f"{control.base}/healthz") as response:
        assert (await response.json())["ok"] is True
    general = (await control.look("channels", viewer="ada"))[0]["id"]
    assert (await control.api("conversations.join", channel=general))["ok"]
    sent = await control.api("chat.postMessage", channel=general, text="page", blocks=BUTTONS)
    clicked = await control.do(
        "click", user="ada", channel="general", ts=sent["ts"], action_id="ack"
    )
    assert (clicked["ok"], clicked["error"]) == (False, "no_endpoint")
    assert (await control.do("command", user="ada", channel="general", text="/nope"))["error"] == (
        "unknown_command"
    )
    assert (await control.do("message", user="bob", channel="general", text="hi @ada"))["ok"]
    marks = await control.look("unread", user="ada")
    assert marks[general]["mention"] is True
    seen = await control.look("messages", channel="general", viewer="bob")
    assert seen[-1]["text"].startswith("hi <@")
    assert [call["method"] for call in await control.look("api_log")] == [
        "conversations.join",
        "chat.postMessage",
    ]
    assert (await control.look("delivery_log", type="block_actions"))[0]["via"] == "none"
    assert (await control.api("conversations.create", name="x"))["error"] == "missing_scope"
    assert (await control.do("advance", seconds=300))["offset"] == 300
    assert float((tmp_path / "clock").read_text()) == 300
    async with control.session.get(f"{control.base}/healthz") as response:
        assert (await response.json())["offset"] == 300


async def test_faults_rates_and_a_reset_from_outside(control: Control) -> None:
    rule = {"kind": "error", "method": "auth.test", "error": "token_revoked", "count": 1}
    assert (await control.do("faults", rules=[rule]))["ok"]
    assert (await control.api("auth.test"))["error"] == "token_revoked"
    assert (await control.api("auth.test"))["ok"]
    assert (await control.look("faults"))["rules"][0]["hits"] == 1
    wrong = await control.do("faults", rules=[{"kind": "meteor"}])
    assert "kind is one of" in wrong["error"]
    await control.do("rates", on=True, per_minute={"auth.test": 1})
    await control.api("auth.test")
    assert (await control.api("auth.test"))["error"] == "ratelimited"
    await control.do("rates", on=False)
    await control.do("revoke")
    assert (await control.api("auth.test"))["error"] == "token_revoked"
    smaller: Json = {"people": [{"name": "zoe"}], "channels": [{"name": "lobby"}]}
    assert (await control.do("reset", workspace=smaller))["ok"]
    assert [person["name"] for person in await control.look("people")] == ["zoe", "app"]
    assert (await control.api("auth.test"))["ok"]
    bad = await control.do("reset", workspace={"folk": []})
    assert "unknown section" in bad["error"]


async def test_mistakes_are_answered_in_words(control: Control) -> None:
    assert "no one is called" in (await control.do("home", user="nobody"))["error"]
    assert "missing: user" in (await control.do("home"))["error"]
    assert "no channel" in (await control.look("messages", channel="x"))["error"]
    assert (await control.do("dance"))["error"] == "unknown operation"
    assert (await control.look("stars"))["error"] == "unknown question"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "a JSON object"),
        ({"folk": []}, "unknown section"),
        ({"people": [{"name": "a", "shoe": 1}]}, "unknown key 'shoe'"),
        ({"channels": [{"name": "c", "members": ["x"]}]}, "no one is called 'x'"),
    ],
)
def test_a_wrong_workspace_file_is_refused_with_the_place(content: Any, words: str) -> None:
    with pytest.raises(BadWorkspaceFile, match=words):
        workspace_file.check(content)


def test_ids_are_the_same_in_every_run() -> None:
    first = workspace_file.build(VirtualTime(), WORKSPACE)
    second = workspace_file.build(VirtualTime(), WORKSPACE)
    assert list(first.people) == list(second.people)
    assert list(first.channels) == ["C00000001", "C00000002", "C00000003", "C00000004"]


async def test_a_missing_file_or_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "playground",
        "--manifest",
        str(tmp_path / "none.json"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await running.communicate()
    assert running.returncode == 2
    assert errors.decode().startswith("playground: ")
    assert len(errors.decode().splitlines()) == 1
