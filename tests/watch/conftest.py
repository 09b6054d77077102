"""A whole bot behind its own HTTP door, in the test's event loop, with a playground as Slack."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import col, select

from bot.configuration.settings import read_settings
from bot.policy import Policy
from bot.render.manifest import manifest
from bot.store.tables import Page
from bot.worker.timings import Timings
from commandline.server.runtime import Tocsin
from commandline.server.web import create_app
from playground.driver import Person
from playground.state.records import Message
from playground.testing import RunningPlayground, running_playground
from playground.web.serving import bound
from tests.serving import served
from tests.waiting import eventually
from tests.worker.conftest import BRISK, CAST

Found = TypeVar("Found")
CANARY = "C0CANARY"
SECRET = "decafbaddecafbaddecafbaddecafbad"
HEARTBEAT_EVERY = timedelta(seconds=0.1)
WATCHFUL = replace(BRISK, check_token_every=timedelta(seconds=0.2))


class RunningBot:
    """One bot, from outside (`get`, `metric`) and inside (`tocsin`)."""

    def __init__(self, tocsin: Tocsin, slack: RunningPlayground, url: str) -> None:
        self.tocsin = tocsin
        self.slack = slack
        self.url = url

    def person(self, name: str) -> Person:
        return self.slack.person(name)

    async def get(self, path: str) -> tuple[int, str]:
        timeout = aiohttp.ClientTimeout(total=20)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(self.url + path) as answer,
        ):
            return answer.status, await answer.text()

    async def problems(self) -> list[str]:
        status, body = await self.get("/readyz")
        told = json.loads(body)
        assert (status == 200) is told["ready"] is (not told["problems"])
        return list(told["problems"])

    async def metrics(self) -> dict[str, dict[tuple[str, ...], float]]:
        """Return a scrape: by name, then by the labels' values, in the order of their names."""
        status, body = await self.get("/metrics")
        assert status == 200
        return {
            sample.name: samples
            for family in text_string_to_metric_families(body)
            for sample in family.samples
            if (samples := _by_labels(family.samples, sample.name))
        }

    async def paged(self) -> tuple[Person, Message]:
        """Return a person who was paged, and the page, once the bot knows that it is sent."""
        space = self.slack.slack.workspace

        def look() -> tuple[Person, Message] | None:
            for channel in space.channels.values():
                for message in space.all_messages(channel.id):
                    if channel.is_im and "page_acknowledge" in json.dumps(message.blocks):
                        [user] = set(channel.members) - {self.slack.slack.app.user_id}
                        return self.person(user), message
            return None

        person, message = await eventually(look, "nobody was paged")
        await eventually(lambda: self._knows(message), "the bot does not know where the page is")
        return person, message

    def _knows(self, page: Message) -> bool:
        with self.tocsin.db.reading() as tx:
            return tx.first(select(Page).where(col(Page.message_ts) == page.ts)) is not None

    async def until_well(self) -> None:
        await until(self.problems, lambda problems: not problems)

    async def until_problem(self, problem: str) -> None:
        """Wait until this is the only problem."""
        await until(self.problems, lambda problems: problems == [problem])

    async def until_metric(self, name: str, *labels: str) -> None:
        """Wait until the metric is more than zero."""

        async def look() -> float:
            return await self.metric(name, *labels) or 0.0

        await until(look, lambda value: value > 0)

    async def metric(self, name: str, *labels: str) -> float | None:
        return (await self.metrics()).get(name, {}).get(labels)


def _by_labels(samples: list[Any], name: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value
        for sample in samples
        if sample.name == name
    }


async def until(look: Callable[[], Awaitable[Found]], wanted: Callable[[Found], bool]) -> Found:
    """Return the first result of `look` that is as wanted. HTTP announces nothing, so ask again."""
    found = await look()
    try:
        async with asyncio.timeout(45):
            while not wanted(found):
                await asyncio.sleep(0.05)
                found = await look()
    except TimeoutError:
        raise AssertionError(f"it came to no more than {found!r}") from None
    return found


@asynccontextmanager
async def a_bot(
    database_url: str,
    policy: Policy,
    slack: RunningPlayground,
    pace: Timings = WATCHFUL,
    **settings: str,
) -> AsyncIterator[RunningBot]:
    """Serve a bot on loopback until the block ends.

    Here, its heartbeat comes oftener than the setting permits.
    """
    listening = bound("127.0.0.1", 0)
    port = listening.getsockname()[1]
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-playground",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": database_url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **settings,
    }
    read = read_settings(environment)
    read = replace(read, watch=replace(read.watch, heartbeat_every=HEARTBEAT_EVERY))
    tocsin = Tocsin(read, policy, pace)
    async with served(create_app(tocsin), listening) as url:
        slack.send_to(f"{url}/slack/events")
        yield RunningBot(tocsin, slack, url)


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[RunningPlayground]:
    cast = json.loads(CAST.read_text())
    cast["channels"].append({"id": CANARY, "name": "canary", "members": ["U0MEI"]})
    async with running_playground(
        manifest=manifest(request_url="http://127.0.0.1:1/slack/events"),
        workspace=cast,
        clock_file=tmp_path / "clock",
    ) as running:
        yield running


StartBot: TypeAlias = Callable[..., AbstractAsyncContextManager[RunningBot]]


@pytest.fixture
def start_bot(database_url: str, policy: Policy, slack: RunningPlayground) -> StartBot:
    def start(pace: Timings = WATCHFUL, **settings: str) -> AbstractAsyncContextManager[RunningBot]:
        return a_bot(database_url, policy, slack, pace, **settings)

    return start


@pytest.fixture
async def bot(start_bot: StartBot) -> AsyncIterator[RunningBot]:
    """A bot that is ready and knows its people."""
    async with start_bot() as running:
        await running.until_well()
        yield running
