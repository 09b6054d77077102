"""Sends claimed deliveries: looks up uncertain ones, calls Slack and stores the outcome."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from bot.domain.errors import StoreUnavailable
from bot.domain.kinds import DeliveryKind
from bot.log.episodes import Episode
from bot.services.delivery import outcomes, refusals
from bot.services.delivery.content import ChannelCall, NothingToSay, NotYet
from bot.services.delivery.message_kinds import MessageKind, MessageKinds
from bot.services.delivery.results import Accepted, Retry
from bot.slack.errors import (
    Rejected,
    SlackError,
    TokenLost,
)
from bot.slack.last_look import Withheld, sending_only_if
from bot.store.delivery import claims
from bot.store.delivery.claims import Claimed
from bot.worker.delivery.blocked import Blocked
from bot.worker.delivery.capacity import Capacity
from bot.worker.delivery.channel_order import ChannelOrder
from bot.worker.delivery.doubts import Doubts
from bot.worker.delivery.drafting import Drafting, DraftOf, RenderedMessage
from bot.worker.delivery.failures import Failing
from bot.worker.delivery.outcome_batches import OutcomeBatches
from bot.worker.delivery.slack_posts import Absent, NoHistory, SlackPosts, labelled_repeat
from bot.worker.loop import Gear, Loop

log = logging.getLogger(__name__)

_LOOKUPS = 2
_HISTORY_TRIES = 4


class Delivering(Loop):
    """Sends the deliveries that the relay has claimed, many at once.

    It calls `settled` after storing outcomes, because their lanes may hold more deliveries.
    """

    def __init__(
        self,
        gear: Gear,
        kinds: MessageKinds[Any],
        post: SlackPosts,
        slots: Capacity,
        blocked: Blocked,
        settled: Callable[[], None],
    ) -> None:
        super().__init__(gear)
        self._kinds = kinds
        self._settling = OutcomeBatches(gear, kinds, settled)
        self._threads = gear.threads.in_turn()
        self._post = post
        self._drafting = Drafting(
            self._db, self._policy, kinds, post, self._time_source, self._threads
        )
        self._slots = slots
        self._blocked = blocked
        self._turns = ChannelOrder(self._pace.lease)
        self._doubts = Doubts(post.calls)
        self._failing = Failing(gear, kinds, self._threads, self._doubts, slots, self._turns)

    def begin(self, batch: Sequence[Claimed]) -> None:
        """Begin to send a claimed batch. Each delivery holds a slot until it ends."""
        draft_of = self._drafting.begin(batch)
        for claimed in batch:
            task = asyncio.create_task(self._guarded(claimed, draft_of))
            self._slots.take(task, claimed.priority)

    async def _guarded(self, claimed: Claimed, draft_of: DraftOf) -> None:
        """Deliver. In any case, the row is settled or its lease runs out."""
        try:
            await self._deliver(claimed, draft_of)
        except StoreUnavailable:
            log.error("The outcome of a delivery could not be stored; it will be looked up")
        except Exception:  # No caller awaits this task, so it must log the error itself.
            log.exception(
                "A delivery failed for a reason of our own",
                extra={"delivery": claimed.id, "kind": claimed.kind, "attempts": claimed.attempts},
            )
            await self._after_our_own_error(claimed)

    async def _after_our_own_error(self, claimed: Claimed) -> None:
        """Have it looked up: Slack may have accepted it before we failed to store that."""
        try:
            wait = self._pace.backoff(claimed.attempts)
            await self._failing.again(claimed, Retry(wait, "our own error", unknown=True))
        except StoreUnavailable:
            log.error("A failed delivery could not be put back; its lease will run out")

    async def _deliver(self, claimed: Claimed, draft_of: DraftOf) -> None:
        if not self._outlasts_a_call(claimed):
            return  # Held up too long: another worker takes it when the lease runs out.
        if await self._is_blocked(claimed):
            return
        draft = await draft_of(claimed)
        match draft:
            case NothingToSay(why):
                await self._threads.write(outcomes.moot, self._db, claimed, why, self._at())
            case NotYet(why):
                retry = Retry(self._pace.channel_wait, why, used_attempt=False)
                await self._failing.again(claimed, retry)
            case RenderedMessage() | ChannelCall():
                await self._threads.step()
                await self._settle(claimed, draft)

    def _outlasts_a_call(self, claimed: Claimed) -> bool:
        return claimed.lease_until - self._pace.http_timeout > self._time_source.real()

    def _holds(self, claimed: Claimed) -> bool:
        """Whether the lease still holds. Until it ends, no other worker takes the delivery."""
        return self._time_source.real() < claimed.lease_until

    async def _renewed(self, claimed: Claimed) -> Claimed | None:
        """Return an overslept claim with a new lease; None if another worker has it."""
        renewed = await self._threads.write(self._renew_now, claimed)
        log.warning(
            "A delivery was held for longer than its lease",
            extra={
                "delivery": claimed.id,
                "kind": claimed.kind,
                "still_ours": renewed is not None,
            },
        )
        return renewed

    def _renew_now(self, claimed: Claimed) -> Claimed | None:
        until = self._time_source.real() + self._pace.lease
        with self._db.transaction() as tx:
            ours = claims.renew(tx, claimed, until=until)
        return claimed._replace(lease_until=until) if ours else None

    async def _is_blocked(self, claimed: Claimed) -> bool:
        """Put it back while a limit of Slack's holds for the workspace or method in any replica."""
        wait = self._blocked.wait(claimed, self._time_source.real())
        if wait <= timedelta(0):
            return False
        retry = Retry(
            wait,
            "held",
            unknown=claimed.uncertain,
            used_attempt=False,
            # Others may go ahead of an invitation or pin. For a new channel, all must wait.
            in_order=not self._row(claimed).aside and self._turns.kept_by(claimed),
        )
        await self._failing.again(claimed, retry)
        return True

    def _row(self, claimed: Claimed) -> MessageKind[Any, Any, Any]:
        return self._kinds.rows[claimed.kind]

    async def _settle(self, claimed: Claimed, draft: RenderedMessage | ChannelCall) -> None:
        """Make the call and store the outcome."""
        began = time.monotonic()
        try:
            accepted = await self._accepted(claimed, draft)
        except SlackError as error:
            await self._failing.settle(claimed, error, draft)
        else:
            if accepted is not None:
                self._slots.answered(time.monotonic() - began)
                self._turns.accepted(claimed, self._time_source.real())
                await self._settling.sent(claimed, accepted)
                self._count_sent(claimed)
                if self._blocked.refuses(claimed.lane):
                    self._episodes.off(Episode.LANE, self._lane_names.name(claimed.lane))
                    await self._threads.write(refusals.lane_takes, self._db, claimed)

    async def _accepted(
        self, claimed: Claimed, draft: RenderedMessage | ChannelCall
    ) -> Accepted | None:
        """Return what Slack accepted; None if there is nothing to store."""
        if claimed.uncertain:
            found = await self._looked_up(claimed, draft)
            match found:
                case Accepted():
                    return found
                case Absent() if claimed.lookups + 1 < _LOOKUPS:
                    await self._look_again(claimed)
                    return None
                case NoHistory():
                    return await self._without_history(claimed, found)
                case Absent() | None:
                    pass
        return await self._call(claimed, draft)

    async def _looked_up(
        self, claimed: Claimed, draft: RenderedMessage | ChannelCall
    ) -> Accepted | Absent | NoHistory | None:
        """Look for the effect of an earlier try; None if doing it twice is harmless."""
        if isinstance(draft, ChannelCall):
            return await self._post.look_up_channel(draft) if draft.channel is None else None
        if draft.message.ts is not None or draft.message.on_home:
            return None
        try:
            return await self._post.look_up(claimed, draft.message)
        except TokenLost as error:
            if await self._doubts.token_refused() is not None:
                raise
            return NoHistory(error.code, refused=True)

    async def _look_again(self, claimed: Claimed) -> None:
        """Look once more later: Slack does not promise that new messages show at once."""
        retry = Retry(
            self._pace.between_lookups,
            "not found",
            unknown=True,
            looked_up=True,
            # This try looked and did not fail.
            in_order=self._turns.kept_by(claimed),
        )
        await self._failing.again(claimed, retry)

    async def _without_history(self, claimed: Claimed, found: NoHistory) -> Accepted | None:
        """Decide on a delivery that may have arrived when the history cannot be read.

        Pages and notices that no one acknowledged are sent again, and say that they may repeat.
        Nothing else is sent twice, and neither is a page that was answered in the meantime. Other
        messages wait while Slack is away, and are given up if Slack refuses the history.
        """
        if not found.refused:
            self._slots.unanswered()
        must_arrive = self._row(claimed).must_arrive
        if claimed.attempts < _HISTORY_TRIES or not (must_arrive or found.refused):
            await self._ask_history_again(claimed, found)
            return None
        if not must_arrive:
            raise Rejected("outcome_unknown")
        repeat = labelled_repeat(claimed)
        if not found.refused and isinstance(await self._drafting.alone(repeat), NothingToSay):
            # The old message may still ask for an answer. It is edited once it is found.
            await self._ask_history_again(claimed, found)
            return None
        # Stored before the post, so that no edit in between leaves the label out.
        await self._threads.write(outcomes.repeats, self._kinds, self._db, claimed)
        draft = await self._drafting.alone(repeat)
        if isinstance(draft, NothingToSay):
            await self._threads.write(outcomes.moot, self._db, claimed, draft.why, self._at())
            return None
        assert isinstance(draft, RenderedMessage)
        return await self._call(repeat, draft)

    async def _ask_history_again(self, claimed: Claimed, found: NoHistory) -> None:
        retry = Retry(
            self._pace.backoff(claimed.attempts),
            f"no history: {found.why}",
            unknown=True,
            in_order=self._turns.kept_after_failing(claimed),
        )
        await self._failing.again(claimed, retry)

    async def _call(
        self, claimed: Claimed, draft: RenderedMessage | ChannelCall
    ) -> Accepted | None:
        """Post, edit or set up; None if another worker has the delivery by now."""
        # The lease outlasts the call, and `_holds` checks it again before the request is written.
        held = claimed if self._outlasts_a_call(claimed) else await self._renewed(claimed)
        while held is not None:
            try:
                with sending_only_if(partial(self._holds, held)):
                    if isinstance(draft, ChannelCall):
                        return await self._post.set_up(draft)
                    return await self._post.send(claimed, draft.message, draft.content)
            except Withheld:
                held = await self._renewed(held)
        return None

    def _count_sent(self, claimed: Claimed) -> None:
        self._figures.outcome(claimed.kind, "sent")
        late = (self._time_source.now() - claimed.wanted_at).total_seconds()
        self._figures.delivered(page=claimed.kind is DeliveryKind.PAGE, late=late)
