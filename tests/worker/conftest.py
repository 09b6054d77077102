"""A relay and a tick against a playground: real HTTP, a real database, and movable time."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.concurrency.threads import Threads
from bot.domain.act import Act, Role, Workspace
from bot.domain.ids import UserId
from bot.kinds.due_work import TICKING
from bot.kinds.messages import MESSAGES, words
from bot.policy import Policy
from bot.render.manifest import manifest
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.people.directory import remember_people
from bot.slack.client import SlackCalls, new_session, web_client
from bot.store.database import Database
from bot.time_source import TimeSource
from bot.worker.delivery.relay import Relay
from bot.worker.delivery.slack_posts import SlackPosts
from bot.worker.duework.tick import Tick
from bot.worker.loop import Gear
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.people.direct_messages import DirectMessages
from bot.worker.timings import Timings
from playground.state.records import Message
from playground.testing import RunningPlayground, running_playground

CAST = Path(__file__).resolve().parents[2] / "bot" / "demo" / "workspace.json"
BRISK = Timings(
    lease=timedelta(seconds=1),
    http_timeout=timedelta(seconds=0.75),
    between_lookups=timedelta(seconds=0.2),
    between_posts=timedelta(seconds=0.05),
    poll=0.05,
    tick=0.1,
    first_backoff=timedelta(seconds=0.05),
    longest_backoff=timedelta(seconds=0.2),
    token_rest=timedelta(seconds=0.4),
    channel_wait=timedelta(seconds=0.2),
    first_refusal=timedelta(seconds=0.1),
    longest_refusal=timedelta(seconds=0.5),
    look_for_room_every=timedelta(seconds=0.1),
    retry_slack=0.1,
    plan_digests_every=timedelta(seconds=0.1),
)


def _wake(loop: asyncio.AbstractEventLoop, relay: Relay) -> None:
    loop.call_soon_threadsafe(relay.wake)


class Rig:
    """One replica's worker, and its Slack."""

    def __init__(
        self, db: Database, policy: Policy, slack: RunningPlayground, clock_file: Path
    ) -> None:
        self.db = db
        self.policy = policy
        self.slack = slack
        self.clock = TimeSource(clock_file)
        self.workspace = Workspace(slack.slack.workspace.team_id)
        self.figures = ProcessMetrics()
        self.threads = Threads(
            one_writer=db.is_sqlite, together=db.together if db.is_sqlite else None
        )

    def gear(self, pace: Timings = BRISK) -> Gear:
        return Gear(self.db, self.policy, self.clock, self.threads, self.figures, pace)

    def act(self, user: str, role: Role = Role.MANAGER, key: str | None = None) -> Act:
        return Act(self.workspace, UserId(user), role, self.clock.now(), key)

    def posted(self) -> list[Message]:
        """Return every message of the app that the workspace accepted, in any channel."""
        space = self.slack.slack.workspace
        found = [
            message
            for channel in space.channels.values()
            for message in space.all_messages(channel.id)
            if message.metadata
        ]
        return sorted(found, key=lambda message: message.ts)

    def posts_of(self, delivery_id: str) -> int:
        """Return how often a delivery was accepted. It must be exactly once."""
        return sum(
            1
            for message in self.posted()
            if (message.metadata or {}).get("event_payload", {}).get("id") == delivery_id
        )

    def dms_of(self, user: str) -> list[Message]:
        space = self.slack.slack.workspace
        mine = {c.id for c in space.channels.values() if c.is_im and user in c.members}
        return [message for message in self.posted() if message.channel in mine]

    @asynccontextmanager
    async def working(self, pace: Timings = BRISK, *, ticking: bool = True) -> AsyncIterator[Relay]:
        """Run the relay (and the tick) until the block ends."""
        async with new_session(pace.http_timeout) as session:
            calls = SlackCalls(web_client("xoxb-playground", session, self.slack.api_url))
            wording = Wording(self.policy, Templates())
            dms = DirectMessages(calls, self.db, self.threads)
            post = SlackPosts(calls, partial(words, wording), dms, self.policy.channel.prefix)
            relay = Relay(self.gear(pace), MESSAGES, post)
            loop = asyncio.get_running_loop()
            self.db.on_new_delivery(partial(_wake, loop, relay))
            running = asyncio.create_task(relay.run())
            tick = Tick(self.gear(pace), lambda: [self.workspace], TICKING)
            if ticking:
                tick.start()
            try:
                yield relay
            finally:
                if ticking:
                    tick.stop()
                relay.stop()
                await running


@pytest.fixture
async def rig(db: Database, policy: Policy, tmp_path: Path) -> AsyncIterator[Rig]:
    clock_file = tmp_path / "clock"
    cast = json.loads(CAST.read_text())
    async with running_playground(
        manifest=manifest(request_url=None), workspace=cast, clock_file=clock_file
    ) as slack:
        rig = Rig(db, policy, slack, clock_file)
        members = [{**person, "tz": person.get("tz", "UTC")} for person in cast["people"]]
        remember_people(db, policy, rig.workspace, members, rig.clock.now())
        yield rig
        rig.threads.close()
