"""The loop that sends: claim, look up what is uncertain, render, send, settle."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.duework import DeliveryKind, Priority
from bot.domain.errors import StoreUnavailable
from bot.services import delivered
from bot.services.delivered import Accepted
from bot.services.letters import Moot, NotYet, RoomCall
from bot.slack.errors import (
    DeadTarget,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TokenLost,
)
from bot.store import limits, outbox
from bot.store.outbox import Claimed
from bot.worker.drafting import Drafting, DraftOf, Written
from bot.worker.loop import Gear, Loop, going_on, rest
from bot.worker.post import Absent, NoHistory, NoLongerOurs, Post, labelled_repeat
from bot.worker.settling import Settling
from bot.worker.slots import Room, Slots
from bot.worker.turns import Turns

log = logging.getLogger(__name__)

_ONE_CHANNEL = frozenset({"chat.postMessage", "chat.update", "views.publish"})
# Whose limit is the workspace's: a 429 on one call of it concerns every lane.
_METHODS = {
    DeliveryKind.ROOM_CREATE: ("conversations.create",),
    DeliveryKind.ROOM_INVITE: ("conversations.invite",),
    DeliveryKind.CARD_PIN: ("pins.add",),
}
_ASIDE = frozenset({DeliveryKind.ROOM_INVITE, DeliveryKind.CARD_PIN})
_LOOKING_UP = ("conversations.history", "conversations.replies")
_LOOKUPS = 2
_BETWEEN_CLAIMS = 0.02
"""Seconds."""
IN_A_SHORT_TURN = 32
"""Deliveries, pages first, while requests are being served: each takes an acknowledgement's time
of the one interpreter, so at most an eighth of it goes to them."""
_HISTORY_TRIES = 4


class Relay(Loop):
    """Sends what is due. Any number of processes may run one on the same database."""

    def __init__(self, gear: Gear, post: Post) -> None:
        super().__init__(gear)
        self._post = post
        self._threads = gear.threads.in_turn()
        self._wake = asyncio.Event()
        self._slots = Slots(self._pace, self._wake.set)
        self._drafting = Drafting(self._db, self._policy, post, self._clock, self._threads)
        storing = gear.threads.behind()
        self._settling = Settling(self._db, self._clock, storing, self._wake.set)
        self._blocked: dict[str, datetime] = {}
        self._claimed_at = 0.0
        self._turns = Turns(self._pace.lease)
        self._stopping = False

    def wake(self) -> None:
        """Look into the outbox now."""
        self._wake.set()

    async def run(self) -> None:
        """Send until stopped; what is in flight then is waited for."""
        while not self._stopping:
            self._wake.clear()
            claimed: list[Claimed] = []
            with going_on(
                log,
                "The relay could not claim",
                away="The database does not answer; the relay tries again",
                count=self._figures.relay_failed,
            ):
                claimed = await self._claim()
            if claimed:
                self._begin(claimed)
            else:
                await rest(self._wake, self._pace.poll)
        if under_way := self._slots.tasks():
            await asyncio.wait(under_way, timeout=self._pace.http_timeout.total_seconds())

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def _begin(self, batch: Sequence[Claimed]) -> None:
        draft_of = self._drafting.begin(batch)
        for claimed in batch:
            task = asyncio.create_task(self._guarded(claimed, draft_of))
            self._slots.take(task, claimed.priority)

    async def _claim(self) -> list[Claimed]:
        """Take what there is room for; nothing, when there is none or nothing is due."""
        await self._space_out()
        busy = await self._threads.turn()
        room = self._slots.room()
        if busy:
            room = room.at_most(IN_A_SHORT_TURN)
        if not room.any:
            self._figures.relay_turned()
            return []
        return await self._threads.write(self._claim_now, room)

    async def _space_out(self) -> None:
        """The first is claimed at once; what follows closely is claimed together.

        A claim costs the same for one as for many, and on SQLite an opening would wait for it.
        """
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._claimed_at + _BETWEEN_CLAIMS - loop.time())
        self._claimed_at = loop.time()

    def _claim_now(self, room: Room) -> list[Claimed]:
        began = time.monotonic()
        now, real = self._clock.now(), self._clock.real()
        take = partial(outbox.claim, now=now, real=real, lease=self._pace.lease)
        claimed: list[Claimed] = []
        with self._db.transaction() as tx:
            if room.others < room.any // 2:
                # Most of the room is for pages: they are asked for by themselves.
                claimed = take(tx, limit=room.any, lowest=Priority.PAGE)
            if others := min(room.others, room.any - len(claimed)):
                claimed += take(tx, limit=others)
            if claimed:
                self._blocked = limits.blocked(tx, real)
        self._figures.claimed("delivery", len(claimed), time.monotonic() - began)
        self._figures.relay_turned()
        return claimed

    async def _guarded(self, claimed: Claimed, draft_of: DraftOf) -> None:
        """Deliver; whatever happens, the row is settled or its lease runs out."""
        try:
            await self._deliver(claimed, draft_of)
        except StoreUnavailable:
            log.error("The outcome of a delivery could not be stored; it will be looked up")
        except Exception:  # A task of the loop's own: nobody waits for it to hear of this.
            log.exception(
                "A delivery failed for a reason of our own",
                extra={"delivery": claimed.id, "kind": claimed.kind, "attempts": claimed.attempts},
            )
            await self._after_our_own_error(claimed)

    async def _after_our_own_error(self, claimed: Claimed) -> None:
        """Perhaps Slack had it before we failed (while storing that it did): it is looked up."""
        try:
            await self._again(
                claimed, self._pace.backoff(claimed.attempts), "our own error", unknown=True
            )
        except StoreUnavailable:
            log.error("A failed delivery could not be put back; its lease will run out")

    async def _deliver(self, claimed: Claimed, draft_of: DraftOf) -> None:
        if not self._outlasts_a_call(claimed):
            return  # Held up too long: somebody else will have it when the lease has run out.
        if await self._is_blocked(claimed):
            return
        draft = await draft_of(claimed)
        match draft:
            case Moot(why):
                await self._threads.write(delivered.moot, self._db, claimed, why, self._at())
            case NotYet(why):
                await self._again(claimed, self._pace.room_wait, why, used_attempt=False)
            case Written() | RoomCall():
                await self._threads.step()
                await self._settle(claimed, draft)

    def _outlasts_a_call(self, claimed: Claimed) -> bool:
        return claimed.lease_until - self._pace.http_timeout > self._clock.real()

    async def _still_ours(self, claimed: Claimed) -> bool:
        """Tell whether a call may begin; a claim that was slept over is renewed, or lost."""
        if self._outlasts_a_call(claimed):
            return True
        ours = await self._threads.write(self._renew_now, claimed)
        log.warning(
            "A delivery was held for longer than its lease",
            extra={"delivery": claimed.id, "kind": claimed.kind, "still_ours": ours},
        )
        return ours

    def _renew_now(self, claimed: Claimed) -> bool:
        until = self._clock.real() + self._pace.lease
        with self._db.transaction() as tx:
            return outbox.renew(tx, claimed, until=until)

    async def _is_blocked(self, claimed: Claimed) -> bool:
        """Put it back while Slack wants the workspace or the method left alone, by any replica."""
        scopes = [limits.WORKSPACE, *_METHODS.get(claimed.kind, ())]
        if claimed.uncertain:
            scopes += _LOOKING_UP
        real = self._clock.real()
        untils = [self._blocked.get(f"{claimed.workspace.team_id}:{scope}") for scope in scopes]
        wait = max((until - real for until in untils if until), default=timedelta(0))
        if wait <= timedelta(0):
            return False
        await self._again(
            claimed,
            wait,
            "held",
            unknown=claimed.uncertain,
            used_attempt=False,
            # Behind an invitation or a pin others may go; for a channel all have to wait.
            in_order=claimed.kind not in _ASIDE and self._turns.kept_by(claimed),
        )
        return True

    async def _settle(self, claimed: Claimed, draft: Written | RoomCall) -> None:
        """Make the call and store what came of it."""
        try:
            accepted = await self._accepted(claimed, draft)
        except NoLongerOurs:
            return
        except RateLimited as limit:
            self._figures.outcome(claimed.kind, "ratelimited")
            scope = None if limit.method in _ONE_CHANNEL else limit.method
            await self._threads.write(
                delivered.rate_limited,
                self._db,
                self._policy,
                claimed,
                limit.after,
                scope,
                self._at(),
            )
        except NotSent as error:
            self._figures.outcome(claimed.kind, "not sent")
            wait = self._pace.backoff(claimed.attempts)
            await self._again(
                claimed,
                wait,
                error.why,
                unknown=claimed.uncertain,
                in_order=self._turns.kept_after_failing(claimed),
            )
        except OutcomeUnknown as error:
            self._figures.outcome(claimed.kind, "unknown")
            self._slots.unanswered()
            await self._look_up_later(claimed, error.why)
        except TokenLost as error:
            self._figures.token_lost(error.code)
            log.error("Slack refuses our token; its deliveries wait", extra={"code": error.code})
            await self._threads.write(
                delivered.held_for_workspace,
                self._db,
                claimed,
                error.code,
                self._at(),
                self._pace.token_rest,
            )
        except DeadTarget as error:
            self._figures.outcome(claimed.kind, error.code)
            await self._threads.write(
                delivered.dead_target, self._db, self._policy, claimed, error.code, self._at()
            )
        except Rejected as error:
            self._report(claimed, error)
            await self._threads.write(
                delivered.rejected, self._db, self._policy, claimed, error.code, self._at()
            )
        else:
            if accepted is not None:
                self._slots.answered()
                self._turns.accepted(claimed, self._clock.real())
                await self._settling.sent(claimed, accepted)
                self._count_sent(claimed)

    async def _accepted(self, claimed: Claimed, draft: Written | RoomCall) -> Accepted | None:
        """Return where it stands now; None when it was put back to be looked up again."""
        still_ours = partial(self._still_ours, claimed)
        if isinstance(draft, RoomCall):
            return await self._post.set_up(claimed, draft, still_ours)
        posted = draft.letter.ts is None and claimed.kind is not DeliveryKind.HOME
        if claimed.uncertain and posted:
            found = await self._post.look_up(claimed, draft.letter)
            match found:
                case Accepted():
                    return found
                case Absent() if claimed.lookups + 1 < _LOOKUPS:
                    wait = self._pace.between_lookups
                    await self._again(
                        claimed,
                        wait,
                        "not found",
                        unknown=True,
                        looked_up=True,
                        # Nothing has failed: it was looked for.
                        in_order=self._turns.kept_by(claimed),
                    )
                    return None
                case NoHistory():
                    return await self._without_history(claimed, found)
                case Absent():
                    pass
        return await self._post.send(claimed, draft.letter, draft.content, still_ours)

    async def _without_history(self, claimed: Claimed, found: NoHistory) -> Accepted | None:
        """A page is sent again and says that it may repeat; anything else is not sent twice.

        It waits for as long as Slack is away, and is given up where Slack refuses the history.
        """
        page = claimed.kind is DeliveryKind.PAGE
        if claimed.attempts < _HISTORY_TRIES or not (page or found.refused):
            await self._again(
                claimed,
                self._pace.backoff(claimed.attempts),
                f"no history: {found.why}",
                unknown=True,
                in_order=self._turns.kept_after_failing(claimed),
            )
            return None
        if not page:
            raise Rejected("outcome_unknown")
        repeat = labelled_repeat(claimed)
        draft = await self._drafting.alone(repeat)
        if not isinstance(draft, Written):
            raise NoLongerOurs
        still_ours = partial(self._still_ours, claimed)
        return await self._post.send(repeat, draft.letter, draft.content, still_ours)

    async def _look_up_later(self, claimed: Claimed, why: str) -> None:
        """After the lease, when a request that is still under way can change nothing any more."""
        rest = max(claimed.lease_until - self._clock.real(), self._pace.http_timeout)
        await self._again(
            claimed, rest, why, unknown=True, in_order=self._turns.kept_after_failing(claimed)
        )

    async def _again(
        self,
        claimed: Claimed,
        wait: timedelta,
        error: str,
        *,
        unknown: bool = False,
        looked_up: bool = False,
        used_attempt: bool = True,
        in_order: bool = False,
    ) -> None:
        await self._threads.write(
            delivered.again,
            self._db,
            claimed,
            wait,
            self._at(),
            error=error,
            unknown=unknown,
            looked_up=looked_up,
            used_attempt=used_attempt,
            in_order=in_order,
        )

    def _count_sent(self, claimed: Claimed) -> None:
        self._figures.outcome(claimed.kind, "sent")
        late = (self._clock.now() - claimed.wanted_at).total_seconds()
        self._figures.delivered(page=claimed.kind is DeliveryKind.PAGE, late=late)

    def _report(self, claimed: Claimed, error: Rejected) -> None:
        self._figures.outcome(claimed.kind, error.code)
        log.error(
            "Slack rejected a delivery",
            extra={
                "delivery": claimed.id,
                "kind": claimed.kind,
                "code": error.code,
                "needed": error.needed,
                "problems": list(error.details),
            },
        )
