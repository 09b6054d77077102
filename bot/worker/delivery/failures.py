"""Decides what happens to a delivery that Slack did not accept."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from bot.concurrency.threads import Threads
from bot.log.episodes import Episode
from bot.policy import Policy
from bot.services.delivery import outcomes, refusals
from bot.services.delivery.content import ChannelCall, RequestedPlace, requested_place_of
from bot.services.delivery.message_kinds import MessageKinds
from bot.services.delivery.results import At, Refusal, Retry
from bot.slack.errors import (
    DeadTarget,
    NotSent,
    OutcomeUnknown,
    PlaceRefused,
    RateLimited,
    Rejected,
    SlackError,
    TokenLost,
    code_of,
)
from bot.store.database import Database
from bot.store.delivery.claims import Claimed
from bot.store.delivery.missed_notices import ARCHIVED, OUT_OF_REACH
from bot.worker.delivery.blocked import scope_of
from bot.worker.delivery.capacity import Capacity
from bot.worker.delivery.channel_order import ChannelOrder
from bot.worker.delivery.doubts import Doubts
from bot.worker.delivery.drafting import RenderedMessage
from bot.worker.loop import Gear, Loop

log = logging.getLogger(__name__)

_NOT_THERE = frozenset({"channel_not_found", "not_in_channel"})
_LANE_RESTS = 300.0
"""Seconds without a refusal: Slack accepted another replica's message, or none waits."""
_Follow = Callable[[MessageKinds[Any], Database, Policy, Claimed, Refusal, At], None]


class Failing(Loop):
    """Finds out how far a refusal reaches, logs it, and stores the consequence."""

    def __init__(
        self,
        gear: Gear,
        kinds: MessageKinds[Any],
        threads: Threads,
        doubts: Doubts,
        slots: Capacity,
        turns: ChannelOrder,
    ) -> None:
        super().__init__(gear)
        self._kinds = kinds
        self._threads = threads
        self._doubts = doubts
        self._slots = slots
        self._turns = turns

    async def settle(
        self, claimed: Claimed, said: SlackError, draft: RenderedMessage | ChannelCall
    ) -> None:
        """Store the consequence of Slack's answer, or of the lack of one."""
        error, aim = await self._doubts.judged(claimed, said), _aim_of(draft)
        if await self._is_out_of_reach(claimed, error, aim):
            error = Rejected(OUT_OF_REACH, expected=True)
        self._report(claimed, error)
        await self._store(claimed, error, aim)

    async def _is_out_of_reach(
        self, claimed: Claimed, error: SlackError, aim: RequestedPlace
    ) -> bool:
        """Tell whether an incident has lost its channel.

        One answer may be wrong, so the first refusal does not count, and Slack must confirm it.
        """
        incident_id, channel = claimed.incident_id, aim.channel
        refused_there = isinstance(error, PlaceRefused) and error.code in _NOT_THERE
        if not (refused_there and claimed.attempts > 1 and incident_id and channel):
            return False
        if not await self._threads.read(self._kinds.is_place_of, self._db, incident_id, channel):
            return False
        return await self._doubts.out_of_reach(claimed.workspace, channel)

    async def _store(self, claimed: Claimed, error: SlackError, aim: RequestedPlace) -> None:
        write, db = self._threads.write, self._db
        match error:
            case RateLimited(after, method):
                scope = scope_of(method)
                await write(
                    outcomes.rate_limited, self._kinds, db, claimed, after, scope, self._at()
                )
            case NotSent(why):
                retry = Retry(
                    self._pace.backoff(claimed.attempts),
                    why,
                    unknown=claimed.uncertain,
                    in_order=self._turns.kept_after_failing(claimed),
                )
                await self.again(claimed, retry)
            case OutcomeUnknown(why):
                self._slots.unanswered()
                await self._look_up_later(claimed, why)
            case TokenLost(code):
                rest = self._pace.token_rest
                await write(refusals.held_for_workspace, db, claimed, code, self._at(), rest)
            case DeadTarget(code):
                await self._refused(refusals.dead_target, claimed, Refusal(code))
            case PlaceRefused(code):
                await self._put_aside(claimed, Refusal(code, aim, tuple(error.people)))
            case Rejected(code):
                await self._refused(refusals.rejected, claimed, Refusal(code, aim))
            case _:
                raise error

    async def _put_aside(self, claimed: Claimed, refusal: Refusal) -> None:
        in_order = False
        if not self._goes_aside(claimed) and not await self._is_elsewhere(claimed, refusal):
            at_fault = self._figures.refusals.everywhere() is None
            in_order = self._turns.kept_after_failing(claimed, at_fault=at_fault)
        put_back = partial(
            refusals.place_refused,
            pause=self._pace.after_refusal(claimed.attempts),
            in_order=in_order,
        )
        await self._refused(put_back, claimed, refusal)

    async def _refused(self, follow: _Follow, claimed: Claimed, refusal: Refusal) -> None:
        await self._threads.write(
            follow, self._kinds, self._db, self._policy, claimed, refusal, self._at()
        )

    def _goes_aside(self, claimed: Claimed) -> bool:
        return self._kinds.rows[claimed.kind].aside

    async def _is_elsewhere(self, claimed: Claimed, refusal: Refusal) -> bool:
        """Tell whether it is an edit in a place that its incident has left."""
        incident_id, channel = claimed.incident_id, refusal.place.channel
        if incident_id is None or channel is None:
            return False
        return not await self._threads.read(self._kinds.is_place_of, self._db, incident_id, channel)

    async def _look_up_later(self, claimed: Claimed, why: str) -> None:
        """Look it up after the lease, when a request still in flight can no longer arrive."""
        rest = max(claimed.lease_until - self._time_source.real(), self._pace.http_timeout)
        in_order = self._turns.kept_after_failing(claimed)
        await self.again(claimed, Retry(rest, why, unknown=True, in_order=in_order))

    async def again(self, claimed: Claimed, retry: Retry) -> None:
        await self._threads.write(outcomes.again, self._db, claimed, retry, self._at())

    def _report(self, claimed: Claimed, error: SlackError) -> None:
        if isinstance(error, TokenLost):
            self._figures.token_lost(error.code)
            self._episodes.on(Episode.TOKEN, why=error.code)
            return
        self._figures.outcome(claimed.kind, code_of(error))
        if not isinstance(error, Rejected):
            return
        told = {
            "delivery": claimed.id,
            "kind": claimed.kind,
            "code": error.code,
            "needed": error.needed,
            "problems": list(error.details),
        }
        if isinstance(error, PlaceRefused):
            first = claimed.attempts <= 1 and not self._goes_aside(claimed)
            self._figures.refusals.refused(claimed.lane, error.code, first=first)
            name = self._lane_names.name(claimed.lane)
            told |= {"lane": claimed.lane, "lane_name": name}
            self._episodes.on(Episode.LANE, name, why=error.code, ends_after=_LANE_RESTS, **told)
        elif error.code in ARCHIVED:
            log.info("A channel is archived; nothing is posted or edited there", extra=told)
        else:
            level = logging.WARNING if error.expected else logging.ERROR
            log.log(level, "Slack rejected a delivery", extra=told)


def _aim_of(draft: RenderedMessage | ChannelCall) -> RequestedPlace:
    return requested_place_of(draft if isinstance(draft, ChannelCall) else draft.message)
