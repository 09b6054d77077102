"""The loop that reaches people outside Slack: it finds unsent pages, claims, sends and settles.

It is separate from the relay. While Slack hangs, all of the relay's slots are taken, and a hanging
gateway must not slow the relay.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import assert_never

from bot.domain.errors import StoreUnavailable
from bot.domain.fallback.views_outside_slack import OutsideExhausted, OutsidePage
from bot.domain.fallback.ways import LINK_LIFETIME, Link, Links, OutsideArgs
from bot.domain.ids import PageId
from bot.domain.kinds import OUTSIDE
from bot.gateways.apprise_gateway import ApprisePort, Handed, NotTaken
from bot.log.episodes import Episode
from bot.render.fallback.outside_slack import FallbackText, exhausted, written
from bot.render.wording import Wording
from bot.services.delivery import outcomes
from bot.services.delivery.content import NothingToSay, NotYet
from bot.services.delivery.results import Retry
from bot.services.fallback import unsent
from bot.services.fallback.unsent import Errand
from bot.store.delivery import claims
from bot.store.delivery.claims import ClaimOf
from bot.worker.loop import Gear, Loop, going_on, rest

log = logging.getLogger(__name__)

_GATEWAY_RESTS = 300.0
"""Seconds without a failure: the failed messages have been answered or withdrawn."""
_KINDS = dict.fromkeys(OUTSIDE, OutsideArgs)
_Claimed = ClaimOf[OutsideArgs]
IN_FLIGHT = 256
"""More than the relay's, so that a hanging gateway leaves slots for the others."""


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes the address where a person acknowledges a page."""

    links: Links
    public_url: str

    def address(self, link: Link) -> str:
        return f"{self.public_url}/ack/{self.links.token(link)}"


class FallbackRelay(Loop):
    """Reaches people outside Slack. Any number of processes may run one on one database."""

    def __init__(
        self, gear: Gear, wording: Wording, outside: ApprisePort, linking: LinkMaker | None
    ) -> None:
        super().__init__(gear)
        self._wording = wording
        self._outside = outside
        self._linking = linking
        self._threads = gear.threads.in_turn()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look once a tick until stopped, then wait up to `http_timeout` for those in flight."""
        while not self._stopping.is_set():
            claimed: list[_Claimed] = []
            with going_on(
                log,
                "Pages by other ways could not be claimed",
                count=self._figures.fallback_failed,
            ):
                await self._threads.turn()
                await self._find()
                claimed = await self._claim()
                self._figures.fallback_turned()
            for delivery in claimed:
                task = asyncio.create_task(self._guarded(delivery))
                self._in_flight.add(task)
                task.add_done_callback(self._in_flight.discard)
            await rest(self._stopping, self._pace.tick)
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=self._pace.http_timeout.total_seconds())

    def stop(self) -> None:
        self._stopping.set()

    async def _find(self) -> None:
        at = self._at()
        late = await self._threads.read(unsent.overdue, self._db, self._policy, at)
        if late:
            await self._threads.write(unsent.send, self._db, self._policy, at, late)

    async def _claim(self) -> list[_Claimed]:
        room = IN_FLIGHT - len(self._in_flight)
        if room <= 0 or not await self._threads.read(
            unsent.waits, self._db, self._time_source.now()
        ):
            return []
        await self._outside.load()  # Before the claim: this may take seconds, and a lease is short.
        return await self._threads.write(self._claim_now, room)

    def _claim_now(self, room: int) -> list[_Claimed]:
        with self._db.transaction() as tx:
            return claims.claim(
                tx,
                now=self._time_source.now(),
                real=self._time_source.real(),
                limit=room,
                lease=self._pace.lease,
                kinds=_KINDS,
                outside=True,
            )

    async def _guarded(self, claimed: _Claimed) -> None:
        """Deliver. In any case, the row is settled or its lease runs out."""
        try:
            await self._deliver(claimed)
        except StoreUnavailable:
            log.error("The outcome of a page by another way could not be stored; it may repeat")
        except Exception:  # No caller awaits this task, so it must log the error itself.
            log.exception(
                "A page by another way failed for a reason of our own",
                extra={"delivery": claimed.id, "attempts": claimed.attempts},
            )

    async def _deliver(self, claimed: _Claimed) -> None:
        prepared = await self._threads.read(unsent.prepare, self._db, self._policy, claimed)
        match prepared:
            case NothingToSay(why):
                await self._threads.write(outcomes.moot, self._db, claimed, why, self._at())
            case NotYet(why):
                retry = Retry(self._pace.backoff(claimed.attempts), why)
                await self._threads.write(outcomes.again, self._db, claimed, retry, self._at())
            case Errand() if (
                claimed.lease_until - self._pace.http_timeout > self._time_source.real()
            ):
                await self._send(claimed, prepared)
            case Errand():
                # Held up too long: another worker takes it when the lease runs out.
                log.warning(
                    "A page by another way was held for longer than its lease",
                    extra={"delivery": claimed.id, "kind": claimed.kind},
                )

    async def _send(self, claimed: _Claimed, errand: Errand) -> None:
        said = self._words(errand)
        handed = Handed(errand.way, said.subject, said.body, thread=errand.subject)
        try:
            await self._outside.send(handed, self._pace.http_timeout)
        except NotTaken as error:
            await self._again(claimed, errand, error.why)
        else:
            self._figures.outcome(claimed.kind, "sent")
            self._episodes.off(Episode.GATEWAY, errand.way.gateway)
            log.warning(
                "A message went out outside Slack",
                extra={"kind": claimed.kind, "gateway": errand.way.gateway, "delivery": claimed.id},
            )
            await self._threads.write(unsent.reached, self._db, claimed, errand.way, self._at())

    def _words(self, errand: Errand) -> FallbackText:
        match errand.said:
            case OutsidePage() as page:
                return written(self._wording, page, self._address(errand))
            case OutsideExhausted() as notice:
                return exhausted(self._wording, notice)
            case other:
                assert_never(other)

    def _address(self, errand: Errand) -> str | None:
        if self._linking is None:
            return None
        until = self._time_source.now() + LINK_LIFETIME
        return self._linking.address(Link(PageId(errand.subject), errand.user, until))

    async def _again(self, claimed: _Claimed, errand: Errand, why: str) -> None:
        """Retry while the page waits for an answer. The message says that it may be a repeat."""
        self._figures.outcome(claimed.kind, "not sent")
        retry = Retry(self._pace.backoff(claimed.attempts), why)
        gateway = errand.way.gateway
        self._episodes.on(
            Episode.GATEWAY,
            gateway,
            why=why,
            gateway=gateway,
            delivery=claimed.id,
            ends_after=_GATEWAY_RESTS,
        )
        await self._threads.write(outcomes.again, self._db, claimed, retry, self._at())
