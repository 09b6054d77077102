"""The running bot: assembles store, services, Bolt and worker."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot.concurrency.threads import Threads
from bot.configuration.settings import Settings
from bot.domain.act import Workspace
from bot.domain.delivery.lanes import LaneNames
from bot.domain.errors import StoreUnavailable
from bot.domain.fallback.ways import Links
from bot.gateways.apprise_gateway import ApprisePort
from bot.gateways.file import gateways_for
from bot.kinds.due_work import TICKING
from bot.kinds.messages import MESSAGES, words
from bot.log.episodes import Episodes
from bot.network.certificates import trusting
from bot.policy import Policy
from bot.render.text.templates import Templates
from bot.render.wording import Wording
from bot.services.fallback import unsent
from bot.services.upkeep import canary
from bot.slack.client import SlackCalls, new_session, web_client
from bot.slack.errors import SlackError
from bot.slack.response_url import ResponseUrls
from bot.store.database import Database
from bot.store.delivery.wakeups import WakeUps
from bot.store.transaction import Transaction
from bot.time_source import TimeSource
from bot.worker.delivery.relay import Relay
from bot.worker.delivery.slack_posts import SlackPosts
from bot.worker.duework.tick import Tick
from bot.worker.fallback.fallback_relay import FallbackRelay, LinkMaker
from bot.worker.loop import Gear, going_on
from bot.worker.metrics.database_metrics import DatabaseMetrics
from bot.worker.metrics.observations import Observations
from bot.worker.metrics.process_metrics import ProcessMetrics
from bot.worker.metrics.store_watch import StoreWatch
from bot.worker.metrics.token_watch import TokenWatch
from bot.worker.people.direct_messages import DirectMessages
from bot.worker.people.directory_sync import DirectorySync
from bot.worker.timekeeper import Timekeeper
from bot.worker.timings import Timings
from bot.worker.upkeep.canary import Canary
from bot.worker.upkeep.heartbeat import Heartbeat
from bot.worker.upkeep.purge import PurgeLoop
from bot.worker.upkeep.readiness import Readiness
from commandline.database.migrations import pending, schema
from commandline.server.identity import Identity
from commandline.server.self_request import own_door
from commandline.server.socket_mode import Socket
from handlers.background import BackgroundTasks
from handlers.http.timed_app import TimedApp
from handlers.http.wellformed import WellFormed
from handlers.shell import Shell

log = logging.getLogger(__name__)


class Tocsin:
    """One process of the bot. Call `start`, serve its `bolt` app, then call `stop`."""

    def __init__(self, settings: Settings, policy: Policy, pace: Timings | None = None) -> None:
        self.settings = settings
        self.policy = policy
        self.pace = pace or Timings()
        self.time_source = TimeSource(settings.clock_offset_file, in_steps=self.pace.time_in_steps)
        self.db = Database(settings.database_url)
        self.threads = Threads(
            one_writer=self.db.is_sqlite, together=self.db.together if self.db.is_sqlite else None
        )
        self.figures = ProcessMetrics()
        self.figures.uses_policy(policy.digest)
        self.episodes = Episodes()
        self.hearing = Observations(self.figures, self.episodes)
        # Every replica has the same token, and therefore the same lane names.
        self._lane_names = LaneNames(settings.bot_token)
        self._gear = Gear(
            self.db,
            self.policy,
            self.time_source,
            self.threads,
            self.figures,
            self.pace,
            self.episodes,
            self._lane_names,
        )
        self.gateways = gateways_for(policy, settings.gateways_path)
        self.standing = DatabaseMetrics(self.figures.registry, self._lane_names, schema)
        self.vitals = Readiness(
            self.db,
            self.time_source,
            self.threads,
            self.figures,
            self.pace,
            self._lane_names,
            met_slack=lambda: self.workspace is not None,
            knows_people=lambda: self.people.complete,
            none_is_left=lambda: self.people.none_is_left,
            unmigrated=pending,
            canary_failed=self._canary_failed,
            other_ways=bool(policy.fallback),
        )
        self._identity = Identity(settings.bot_token)
        self._tasks = BackgroundTasks()
        self._closing = AsyncExitStack()
        self._loops: list[asyncio.Task[None]] = []

    @property
    def workspace(self) -> Workspace | None:
        """The workspace of the bot's token; None until Slack has told us."""
        return self._identity.workspace

    async def start(self) -> None:
        """Begin to send, tick and (in Socket Mode) listen. This does not wait for Slack."""
        settings = self.settings
        session = await self._closing.enter_async_context(
            new_session(self.pace.http_timeout, trusting(settings.certificates))
        )
        client = web_client(
            settings.bot_token, session, settings.api_url, self.hearing.called, settings.proxies
        )
        calls = SlackCalls(client)
        wording = Wording(self.policy, Templates())
        dms = DirectMessages(calls, self.db, self.threads)
        post = SlackPosts(calls, partial(words, wording), dms, self.policy.channel.prefix)
        self.people = DirectorySync(
            calls, dms, self.db, self.policy, self.time_source, self.threads, self.figures
        )
        self.bolt = TimedApp(
            self.figures.answered,
            ResponseUrls(session, settings.api_url, settings.proxies).post,
            client=client,
            signing_secret=settings.signing_secret,
            before_authorize=WellFormed(),
            authorize=self._identity.authorize(),
            process_before_response=True,
        )
        self._calls = calls
        self.shell = Shell(
            db=self.db,
            policy=self.policy,
            wording=wording,
            time_source=self.time_source,
            threads=self.threads,
            fetch_person=self.people.fetch_person,
            tasks=self._tasks,
            roles_known=lambda: self.people.roles_known,
            on_acknowledged=self.figures.acknowledged,
            on_events_dropped=self.figures.events_dropped,
        )
        handlers.register(self.bolt, self.shell)
        self.relay = Relay(self._gear, MESSAGES, post)
        self.fallback = self._outside(wording)
        self.tick = Tick(self._gear, self._workspaces, TICKING)
        await self._keep_time()
        self.db.on_new_delivery(self._waking(asyncio.get_running_loop()))
        self.db.on_failure(self.hearing.database_failed)
        self._relaying = asyncio.create_task(self.relay.run())
        self._falling_back = [asyncio.create_task(each.run()) for each in self.fallback]
        self.tick.start()
        self.go_on(StoreWatch(self._gear, schema).run())
        self.go_on(TokenWatch(calls, self.figures, self.episodes, self.pace).run())
        self.go_on(self.hearing.tell_what_lasts())
        self.go_on(PurgeLoop(self._gear, self.settings.keep).run())
        self.go_on(self._meet_slack())
        self.go_on(self._doubt_departures())
        self._go_on_watching(calls, session)
        if settings.app_token is not None:
            self._listen(settings.app_token, client)

    def _go_on_watching(self, calls: SlackCalls, session: ClientSession) -> None:
        watch = self.settings.watch
        if watch.canary_every is not None:
            flown = Canary(
                self._gear,
                calls,
                own_door(self.settings, session, self.bolt),
                self._identity.us,
                every=watch.canary_every,
                channel=watch.canary_channel,
            )
            self.go_on(flown.run())
        if watch.heartbeat_url is not None:
            reasons = self.vitals.reasons_for_silence
            beat = Heartbeat(
                watch.heartbeat_url,
                watch.heartbeat_every,
                reasons,
                self.figures,
                self.episodes,
                proxy=self.settings.proxies.proxy_for(watch.heartbeat_url),
                trust=trusting(self.settings.certificates),
            )
            self.go_on(beat.run())

    def _canary_failed(self, tx: Transaction, now: datetime) -> bool:
        every = self.settings.watch.canary_every
        return every is not None and canary.failed(tx, now, every)

    def _outside(self, wording: Wording) -> list[FallbackRelay]:
        """The loop that reaches people outside Slack; none if the policy has no fallback."""
        if not self.policy.fallback:
            self.go_on(self._forget_other_ways())
            return []
        url = self.settings.public_url
        linking = LinkMaker(Links(self.settings.link_secret), url) if url else None
        return [FallbackRelay(self._gear, wording, ApprisePort(self.gateways), linking)]

    async def _forget_other_ways(self) -> None:
        """Withdraw messages that an earlier policy meant for a way outside Slack.

        They would stay overdue. This retries until the database answers.
        """
        forgotten: int | None = None
        while forgotten is None:
            with going_on(log, "Messages that wait for another way could not be withdrawn"):
                forgotten = await self.threads.write(unsent.forget, self.db)
            await asyncio.sleep(self.pace.retry_slack)

    async def _keep_time(self) -> None:
        """Set the clock before any work is claimed, if the database answers, then keep it set."""
        keeper = Timekeeper(
            self.db, self.time_source, self.threads, self.pace, on_jump=self.tick.resume
        )
        with suppress(StoreUnavailable):
            await keeper.set_clock()
        self.go_on(keeper.keep())

    def go_on(self, loop: Coroutine[Any, Any, None]) -> None:
        """Run a loop that ends with the process."""
        self._loops.append(asyncio.create_task(loop))

    def _waking(self, loop: asyncio.AbstractEventLoop) -> Callable[[], object]:
        """Return a function for any thread that wakes this relay at once, then other replicas'."""
        # Behind a pooler, a listening session does not outlast its transaction.
        if self.db.is_sqlite or self.db.is_pooled:
            return partial(loop.call_soon_threadsafe, self.relay.wake)
        bell = WakeUps(self.db.url, self.relay.wake)
        self.go_on(bell.listen())
        self.go_on(bell.pass_on())

        def wake() -> None:
            self.relay.wake()
            bell.ring()

        return partial(loop.call_soon_threadsafe, wake)

    def _listen(self, app_token: str, client: AsyncWebClient) -> None:
        """Connect in the background: if Slack is away, pages still go out by other ways."""
        socket = Socket(self.bolt, app_token, client, self.pace, self.settings, self.episodes)
        self._closing.push_async_callback(socket.close)
        self.go_on(socket.connect())

    def _workspaces(self) -> list[Workspace]:
        return [self.workspace] if self.workspace else []

    async def _meet_slack(self) -> None:
        """Read the bot's identity and the directory once Slack answers, then once an hour."""
        while True:
            wait = self.pace.retry_slack
            with going_on(
                log,
                "The directory could not be synchronised; the bot tries again",
            ):
                try:
                    workspace = await self._identity.learn(self._calls)
                    await self.people.sync(workspace)
                    while not self.people.complete:
                        await asyncio.sleep(wait)
                        await self.people.catch_up(workspace)
                    wait = self.pace.sync_people_every.total_seconds()
                except SlackError as error:
                    log.warning("Slack does not list its people", extra={"error": str(error)})
            await asyncio.sleep(wait)

    async def _doubt_departures(self) -> None:
        """Check once a minute for people who count as gone only by a mistake of Slack's."""
        while True:
            await asyncio.sleep(self.pace.ask_of_gone_every.total_seconds())
            with going_on(
                log,
                "The bot could not check who has left Slack; it tries again",
            ):
                if self.workspace is not None:
                    await self.people.ask_of_the_gone(self.workspace)

    async def stop(self) -> None:
        """Stop taking work, finish what is in flight, and release all resources."""
        self.tick.stop()
        for loop in self._loops:
            loop.cancel()
        self.relay.stop()
        for relay in self.fallback:
            relay.stop()
        await asyncio.gather(
            self._relaying, *self._falling_back, *self._loops, return_exceptions=True
        )
        await self._tasks.close()
        await self._closing.aclose()
        self.threads.close()
        self.db.close()
