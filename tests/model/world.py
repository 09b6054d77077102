"""A small world in one process: a workspace, the bot's listeners, a database, and a clock.

Time moves only when a test moves it. The relay and the tick work only when a test tells them to.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import col, select

from bot.concurrency.threads import Threads
from bot.kinds.due_work import TICKING
from bot.kinds.messages import MESSAGES, words
from bot.policy import load
from bot.render.manifest import manifest
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.people.directory import remember_people
from bot.slack.client import SlackCalls, new_session, web_client
from bot.store.database import Database
from bot.store.delivery.outbox import UNSENT
from bot.store.tables import Delivery, Incident, Lane
from bot.store.tables.states import ChannelState
from bot.worker.delivery.relay import Relay
from bot.worker.delivery.slack_posts import SlackPosts
from bot.worker.duework.tick import Tick
from bot.worker.loop import Gear
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.people.direct_messages import DirectMessages
from bot.worker.people.directory_sync import DirectorySync
from bot.worker.timings import Timings
from handlers.background import BackgroundTasks
from handlers.shell import Shell
from playground.state.records import Message
from playground.testing import RunningPlayground, running_playground
from playground.web.faults import FaultKind, FaultRule
from tests.factories import NOON, WORKSPACE
from tests.handlers.stage import TOKEN, StillClock, a_bolt_app, serving

POLICY = load(Path(__file__).resolve().parents[1] / "small_escalation.toml")
DESK = Wording(POLICY, Templates())
PEOPLE = tuple(POLICY.people)
CAST_IDS = tuple(POLICY.people.values())
CAST = {
    "team": {"id": WORKSPACE.team_id, "name": "Small", "domain": "small"},
    "people": [{"id": user, "name": name} for name, user in POLICY.people.items()],
    "channels": [
        {"id": "C0GENERAL", "name": "general", "members": list(PEOPLE)},
        {"id": "C0ESCALATIONS", "name": "escalations", "members": list(PEOPLE)},
        {"id": "C0LEADERSHIP", "name": "leadership", "members": list(PEOPLE)},
    ],
}
MOST_ROUNDS = 400
PATIENCE = timedelta(seconds=10)
"""The time limit of calls for people's answers. Nothing makes these calls hang."""
# One at a time, so that the same steps lead to the same end. A call that hangs ends soon.
PACE = Timings(http_timeout=timedelta(seconds=0.5), poll=0.01, in_flight=1)


class StandingClock(StillClock):
    """Both times are the same, and stand still."""

    def real(self) -> datetime:
        return self.moment


class World:
    def __init__(
        self, db: Database, slack: RunningPlayground, shell: Shell, clock: StandingClock
    ) -> None:
        self.db = db
        self.slack = slack
        self.shell = shell
        self.clock = clock
        self.abandoned: set[str] = set()
        """Claims of processes that have died."""
        self._set_slacks_clock()

    def advance(self, by: timedelta) -> None:
        self.clock.moment += by
        self._set_slacks_clock()

    def _set_slacks_clock(self) -> None:
        """Set Slack's time to ours, because the look-up of messages uses it."""
        self.slack.slack.clock.offset = self.clock.moment.timestamp() - time.time()

    # Working

    def gear(self) -> Gear:
        return Gear(self.db, POLICY, self.clock, self.shell.threads, ProcessMetrics(), PACE)

    @contextlib.asynccontextmanager
    async def relaying(self) -> AsyncIterator[asyncio.Task[None]]:
        """Start a relay, and stop it in good order at the end."""
        async with new_session(PACE.http_timeout) as session:
            calls = SlackCalls(web_client(TOKEN, session, self.slack.api_url))
            dms = DirectMessages(calls, self.db, self.shell.threads)
            post = SlackPosts(calls, partial(words, DESK), dms, POLICY.channel.prefix)
            relay = Relay(self.gear(), MESSAGES, post)
            running = asyncio.create_task(relay.run())
            try:
                yield running
            finally:
                relay.stop()
                await asyncio.wait({running})

    async def work(self) -> None:
        """Do the due work, and send everything that can be sent at this moment."""
        await Tick(self.gear(), lambda: [WORKSPACE], TICKING).turn()
        async with self.relaying():
            await self.until(lambda: not self.can_be_sent())

    async def until(self, look: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not look():  # noqa: ASYNC110 - a database announces nothing
                await asyncio.sleep(0.005)

    def can_be_sent(self) -> bool:
        """Whether the relay holds a delivery, or may take one at this moment."""
        now = self.clock.moment
        with self.db.reading() as tx:
            lanes = {lane.key: lane for lane in tx.all(select(Lane))}
            waiting = tx.all(select(Delivery).where(col(Delivery.state).in_(UNSENT)))
        for one in waiting:
            lane = lanes[one.lane]
            if one.lease_until is not None and one.lease_until > now:
                if one.id not in self.abandoned:
                    return True
            elif lane.busy_until <= now and lane.not_before <= now and one.due_at <= now:
                return True
        return False

    def unsent(self) -> list[Delivery]:
        with self.db.reading() as tx:
            return tx.all(select(Delivery).where(col(Delivery.state).in_(UNSENT)))

    async def come_to_rest(self) -> None:
        """End all faults of Slack, and move the time on until everything is sent."""
        self.slack.slack.faults.clear()
        for _ in range(MOST_ROUNDS):
            await self.work()
            if not self.unsent():
                return
            self.advance(timedelta(seconds=5))
        raise AssertionError(f"never sent: {[(one.kind, one.error) for one in self.unsent()]}")

    @contextlib.asynccontextmanager
    async def one_on_its_way(self) -> AsyncIterator[bool]:
        """Run a relay until Slack delays its next post. Yield False if there is none."""
        slow = FaultRule(FaultKind.DELAY, "chat.postMessage", seconds=0.2, count=1)
        self.slack.slack.faults.rules.insert(0, slow)
        async with self.relaying():
            await self.until(lambda: slow.hits > 0 or not self.can_be_sent())
            yield slow.hits > 0
        slow.count = 0

    async def dies(self) -> None:
        """End the process in the middle of a post. Nothing is settled, and the claim stays."""
        before = asyncio.all_tasks()
        async with self.one_on_its_way() as posting:
            if not posting:
                return
            for task in asyncio.all_tasks() - before:
                coroutine = task.get_coro()
                if "worker" in getattr(coroutine, "cr_code").co_filename:  # noqa: B009
                    task.cancel()
            await asyncio.sleep(0)
            self.abandoned |= {one.id for one in self.unsent() if one.lease_until is not None}

    # What Slack has

    def posted(self) -> list[Message]:
        """Return the app's messages that Slack has accepted, in any channel."""
        space = self.slack.slack.workspace
        return [
            message
            for channel in space.channels.values()
            for message in space.all_messages(channel.id)
            if message.metadata
        ]

    def buttons(self) -> list[tuple[Message, str]]:
        """Return every posted button in a message that someone can see."""
        return [
            (message, str(element["action_id"]))
            for message in self.posted()
            if self.readers(message)
            for block in message.blocks
            for element in block.get("elements", ())
            if element.get("type") == "button" and "url" not in element
        ]

    def readers(self, message: Message) -> list[str]:
        members = self.slack.channel(message.channel).members
        return sorted(user for user in members if user in CAST_IDS)

    def entries(self) -> dict[int, int]:
        """Return how many timeline entries each escalation has, by its number."""
        with self.db.reading() as tx:
            return {row.number: row.entries for row in tx.all(select(Incident))}

    def rooms(self) -> list[tuple[int, str]]:
        """Return the escalations with a channel of their own, by number."""
        with self.db.reading() as tx:
            found = tx.all(select(Incident).where(col(Incident.room) == ChannelState.CHANNEL))
        return sorted((row.number, row.channel_id) for row in found if row.channel_id)

    def with_a_form(self) -> list[str]:
        views = self.slack.slack.workspace
        return [user for user in CAST_IDS if views.open_view(user) is not None]

    def dm_of(self, who: str) -> str:
        space = self.slack.slack.workspace
        return space.open_direct_channel([self.slack.slack.app.user_id, f"U0{who.upper()}"]).id

    async def settled(self) -> None:
        await self.slack.settled()
        await self.shell.tasks.settled()


def delivery_of(message: Message) -> str:
    assert message.metadata is not None
    return str(message.metadata["event_payload"]["id"])


@contextlib.asynccontextmanager
async def a_world(database_url: str) -> AsyncIterator[World]:
    db, clock = Database(database_url), StandingClock()
    members = [{"id": user, "name": name} for name, user in POLICY.people.items()]
    remember_people(db, POLICY, WORKSPACE, members, NOON)
    async with (
        running_playground(
            workspace=CAST, manifest=manifest(request_url="http://127.0.0.1/")
        ) as slack,
        new_session(PATIENCE) as session,
    ):
        calls = SlackCalls(web_client(TOKEN, session, slack.api_url))
        threads = Threads(one_writer=db.is_sqlite)
        dms = DirectMessages(calls, db, threads)
        shell = Shell(
            db=db,
            policy=POLICY,
            wording=DESK,
            time_source=clock,
            threads=threads,
            fetch_person=DirectorySync(
                calls, dms, db, POLICY, clock, threads, ProcessMetrics()
            ).fetch_person,
            tasks=BackgroundTasks(),
        )
        async with serving(a_bolt_app(shell, slack.api_url, session)) as url:
            slack.send_to(url)
            world = World(db, slack, shell, clock)
            yield world
            await world.settled()
        shell.threads.close()
    db.close()
