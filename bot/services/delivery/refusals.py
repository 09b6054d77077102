"""Handles Slack's refusals: of a place, a person, a message, or the whole workspace.

What a kind does besides is a hook of its row: `rejected`, `place_refused`, `doubted`.
"""

from datetime import timedelta
from typing import Any

from bot.domain.act import by_the_bot
from bot.domain.delivery.delivery_states import DeliveryState
from bot.policy import Policy
from bot.services.delivery.message_kinds import MessageKinds
from bot.services.delivery.outcomes import lock_first
from bot.services.delivery.results import At, Refusal
from bot.store.database import Database
from bot.store.delivery import claims, limits
from bot.store.delivery.claims import Claimed
from bot.store.transaction import Transaction

TRIED_FOR = timedelta(days=1)
"""The bot gives up on a message that is not urgent after this time."""
_REFUSED_UNTIL_LOOKED = timedelta(seconds=30)
"""How long a lane still counts as refused after its next try."""

_LONGEST_DOUBT = 60
"""The most seconds between tries to reach a person when all possible stand-ins count as gone."""


def dead_target(
    kinds: MessageKinds[Any],
    db: Database,
    policy: Policy,
    claimed: Claimed,
    refusal: Refusal,
    at: At,
) -> None:
    """Mark a person as gone, and do what has to follow in the same transaction.

    If every possible stand-in counts as gone too, Slack may be wrong, and is asked again.
    """
    doubted, in_doubt = kinds.rows[claimed.kind].doubted, False
    with db.transaction() as tx:
        lock_first(tx, claimed)
        if not claims.is_held(tx, claimed):
            return
        if claimed.target is not None:
            kinds.person_gone(tx, policy, claimed.workspace, claimed.target, at.now)
        if doubted is not None:
            in_doubt = doubted(tx, policy, by_the_bot(claimed.workspace, at.now), claimed)
        if not in_doubt and _ended(tx, claimed, refusal, at):
            _after_rejection(kinds, tx, policy, claimed, refusal, at)
    if in_doubt:
        pause = timedelta(seconds=min(2 ** min(claimed.attempts, 6), _LONGEST_DOUBT))
        place_refused(kinds, db, policy, claimed, refusal, at, pause=pause)
        return
    with db.transaction() as tx:
        claims.let_go(tx, claimed, real=at.real)


def place_refused(
    kinds: MessageKinds[Any],
    db: Database,
    policy: Policy,
    claimed: Claimed,
    refusal: Refusal,
    at: At,
    *,
    pause: timedelta,
    in_order: bool = False,
) -> None:
    """Put back a delivery whose place Slack refuses, and try again after `pause`; others go on.

    A kind that must arrive is sent by its person's other ways, and Slack is asked again until a
    responder has acknowledged. `in_order`: later messages in its lane wait too.
    """
    if not _is_tried_again(kinds, db, claimed, at):
        rejected(kinds, db, policy, claimed, refusal, at)
        return
    _after_refused_place(kinds, db, policy, claimed, refusal, at)
    with db.transaction() as tx:
        held = claims.put_back(
            tx,
            claimed,
            real=at.real,
            # It goes behind newer messages, unless its channel must get them in order.
            due_at=claimed.due_at if in_order else at.now + pause,
            block_lane=pause if in_order else timedelta(0),
            state=DeliveryState.UNKNOWN if claimed.uncertain else DeliveryState.DUE,
            error=refusal.code,
        )
        if held:
            until = at.real + pause + _REFUSED_UNTIL_LOOKED
            limits.refuse_lane(tx, claimed.workspace, claimed.lane, until, refusal.code)


def _is_tried_again(kinds: MessageKinds[Any], db: Database, claimed: Claimed, at: At) -> bool:
    row = kinds.rows[claimed.kind]
    if row.must_arrive:
        return True
    if not row.tried_again or at.now - claimed.created_at > TRIED_FOR:
        return False
    if row.has_no_place is None:
        return True
    with db.reading() as tx:
        return not row.has_no_place(tx, claimed)


def _after_refused_place(
    kinds: MessageKinds[Any],
    db: Database,
    policy: Policy,
    claimed: Claimed,
    refusal: Refusal,
    at: At,
) -> None:
    row = kinds.rows[claimed.kind]
    if row.place_refused is None and not row.must_arrive:
        return
    # In a transaction of its own, before the lane is touched: see `claims.let_go`.
    with db.transaction() as tx:
        lock_first(tx, claimed)
        if not claims.is_held(tx, claimed):
            return
        if row.must_arrive:
            kinds.send_other_ways(tx, policy, claimed, at.now)
        if row.place_refused is not None:
            act = by_the_bot(claimed.workspace, at.now)
            row.place_refused(tx, policy, act, claimed, refusal)


def lane_takes(db: Database, claimed: Claimed) -> None:
    """Record that Slack accepts messages in a lane that counted as refused."""
    with db.transaction() as tx:
        limits.take_lane(tx, claimed.lane)


def _ended(tx: Transaction, claimed: Claimed, refusal: Refusal, at: At) -> bool:
    dead = DeliveryState.DEAD
    return claims.finish(tx, claimed, dead, real=at.real, error=refusal.code, free=False)


def rejected(
    kinds: MessageKinds[Any],
    db: Database,
    policy: Policy,
    claimed: Claimed,
    refusal: Refusal,
    at: At,
) -> None:
    """Mark a delivery as dead because Slack will never accept it, and do what has to follow."""
    with db.transaction() as tx:
        lock_first(tx, claimed)
        if not _ended(tx, claimed, refusal, at):
            return
        if kinds.rows[claimed.kind].must_arrive:
            # First: a gateway that accepts it frees such a lane before it wakes the incident's.
            kinds.send_other_ways(tx, policy, claimed, at.now)
        _after_rejection(kinds, tx, policy, claimed, refusal, at)
    with db.transaction() as tx:
        claims.let_go(tx, claimed, real=at.real)


def _after_rejection(
    kinds: MessageKinds[Any],
    tx: Transaction,
    policy: Policy,
    claimed: Claimed,
    refusal: Refusal,
    at: At,
) -> None:
    act, follow = by_the_bot(claimed.workspace, at.now), kinds.rows[claimed.kind].rejected
    if follow is not None:
        follow(tx, policy, act, claimed, refusal)
    channel = refusal.place.channel
    if channel is not None and claimed.incident_id is not None and refusal.channel_is_gone:
        kinds.channel_lost(tx, policy, act, claimed.incident_id, channel, refusal.code)


def held_for_workspace(db: Database, claimed: Claimed, code: str, at: At, pause: timedelta) -> None:
    """Hold all deliveries of a workspace because its token is no good; none is lost."""
    with db.transaction() as tx:
        claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at,
            # It stays unknown: a lost token does not tell what became of it.
            state=DeliveryState.UNKNOWN if claimed.uncertain else DeliveryState.DUE,
            error=code,
            used_attempt=False,
            block_lane=pause,
        )
        limits.block(tx, claimed.workspace, limits.WORKSPACE, at.real + pause, code)
