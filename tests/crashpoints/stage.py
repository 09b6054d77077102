"""One run: a database, a workspace, a bot that may die, and the bot that starts after it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

from bot.render.manifest import manifest
from bot.store.database import Database
from bot.time_source import TimeSource
from playground.outcomes import Outcome
from playground.testing import RunningPlayground, running_playground
from tests.crashpoints.bots import Bot, Nursery
from tests.crashpoints.picture import unfinished
from tests.databases import fresh_url

PEOPLE = ("mei", "aoife", "priya", "tom", "sofia", "jose")
CAST = {
    "team": {"id": "T0SMALL", "name": "Small", "domain": "small"},
    "people": [{"id": f"U0{name.upper()}", "name": name} for name in PEOPLE],
    "channels": [
        {"id": "C0GENERAL", "name": "general", "members": list(PEOPLE)},
        {"id": "C0ESCALATIONS", "name": "escalations", "members": list(PEOPLE)},
        {"id": "C0LEADERSHIP", "name": "leadership", "members": ["mei"]},
    ],
}
WEDNESDAY = 2
RESTART = 60.0
"""Seconds until the bot starts again. They are longer than a lease."""


def next_wednesday_noon(now: datetime) -> datetime:
    """Return a time far from every digest, whenever the tests run."""
    day = now.date() + timedelta(days=(WEDNESDAY - now.weekday()) % 7 or 7)
    return datetime.combine(day, time(12), UTC)


class Stage:
    """`bot` is the one that runs now."""

    def __init__(
        self, nursery: Nursery, slack: RunningPlayground, database_url: str, clock_file: Path
    ) -> None:
        self.slack = slack
        self.db = Database(database_url)
        self.clock = TimeSource(clock_file)
        self._nursery = nursery
        self._database_url = database_url
        self._clock_file = clock_file
        self.bot: Bot

    async def start(self, *, die_at: str | None = None, later: float = 0.0) -> Bot:
        self.bot = await self._nursery.bot(
            database_url=self._database_url,
            api_url=self.slack.api_url,
            clock_file=self._clock_file,
            die_at=die_at,
            later=later,
        )
        self.slack.send_to(self.bot.url)
        return self.bot

    async def met_slack(self) -> None:
        async with asyncio.timeout(60):
            await self.bot.met_slack.wait()

    async def command(self, who: str, text: str) -> Outcome:
        return await self.slack.person(who).command(f"/escalate {text}", "general")

    async def advance(self, **by: float) -> None:
        await self.slack.advance(timedelta(**by).total_seconds())

    async def until(self, look: Callable[[], bool]) -> None:
        """Wait for a condition in the database, as long as the bot lives."""
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(look):
                assert not self.bot.ended.is_set(), "the bot died"
                await asyncio.sleep(0.1)  # A database announces nothing.

    async def at_rest(self) -> None:
        """Wait until all deliveries are sent and all due work is done."""
        await self.until(lambda: unfinished(self.db, self.clock.now()) == 0)

    async def dead(self) -> None:
        async with asyncio.timeout(60):
            await self.bot.ended.wait()

    async def close(self) -> None:
        await self.bot.kill()
        self.db.close()


@contextlib.asynccontextmanager
async def a_stage(nursery: Nursery, kind: str, folder: Path) -> AsyncIterator[Stage]:
    """A fresh database and workspace. The product's time begins on a Wednesday at noon."""
    clock_file = folder / f"clock-{uuid4().hex}"
    now = datetime.now(UTC)
    clock_file.write_text(str((next_wednesday_noon(now) - now).total_seconds()))
    with fresh_url(kind, folder) as url:
        async with running_playground(
            manifest=manifest(request_url="http://127.0.0.1:1/slack/events"),
            workspace=CAST,
            clock_file=clock_file,
        ) as slack:
            stage = Stage(nursery, slack, url, clock_file)
            try:
                yield stage
            finally:
                await stage.close()
