"""A workspace with people and a small app for all tests of a module, and a tab for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from playground.page.shown.reader import Reader
from playground.state.records import Channel, Person, UserGroup
from playground.state.workspace import Workspace
from playground.testing import RunningPlayground, running_playground
from playground.virtual_time import VirtualTime
from tests.playground.bolt_app import running_bolt
from tests.playground.page import tiny_app
from tests.playground.page.driver import Client

WORKSPACE: dict[str, Any] = {
    "team": {"id": "T00000042", "name": "Harbour", "domain": "harbour"},
    "people": [
        {"name": "ada", "real_name": "Ada Lind", "tz": "Europe/London", "title": "Lead"},
        {"name": "bob", "real_name": "Bob Okoro", "tz": "Asia/Tokyo"},
        {"name": "cleo", "real_name": "Cleo Marsh"},
    ],
    "groups": [{"handle": "legal-oncall", "name": "Legal on call", "members": ["bob"]}],
    "channels": [
        {"name": "general", "members": ["ada", "bob", "cleo"], "topic": "All of us"},
        {"name": "quiet", "members": ["ada"]},
        {"name": "secret", "members": ["ada", "bob"], "is_private": True},
    ],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[RunningPlayground]:
    """One server for a module. Each test begins with a fresh workspace."""
    manifest = tiny_app.MANIFEST
    async with (
        running_playground(workspace=WORKSPACE, manifest=manifest) as slack,
        running_bolt(slack) as bolt,
    ):
        tiny_app.listen(bolt.app)
        yield slack


@pytest_asyncio.fixture(loop_scope="module")
async def slack(running: RunningPlayground) -> RunningPlayground:
    await running.slack.reset()
    for name in ("general", "secret"):
        running.slack.rooms.add_member(running.channel(name), running.slack.app.user_id)
    return running


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh tab without memory. It tolerates no error in its scripts."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    tab = await context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on(
        "console",
        lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield tab
    await context.close()
    assert wrong == []


@pytest_asyncio.fixture(loop_scope="module")
async def client(page: Page, slack: RunningPlayground) -> Client:
    """Ada, in #general."""
    client = Client(page, slack.slack.url)
    await client.become("ada", "general")
    return client


@pytest.fixture
def reader() -> Reader:
    """Ada's view of a workspace without a server. It is Friday 13 March 2026, 09:00 in London."""
    workspace = Workspace(VirtualTime())
    ada = workspace.add_person(Person("UADA", "ada", "Ada Lind", tz="Europe/London"))
    workspace.add_person(Person("UBOB", "bob", "Bob <b>Okoro</b>", tz="Asia/Tokyo"))
    workspace.add_person(Person("UBOT", "beacon", "Beacon", is_bot=True))
    workspace.add_group(UserGroup("S1", "legal-oncall", "Legal on call", ["UADA"]))
    workspace.add_channel(Channel("CGEN", "general", members=["UADA", "UBOB"]))
    workspace.add_channel(Channel("CHID", "hidden", is_private=True, members=["UBOB"]))
    return Reader(ada, workspace, now=1_773_392_400.0)
