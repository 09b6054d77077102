"""Records a delivery's outcome, and what follows, in the transaction that ends its claim.

For refusals see `bot.services.delivery.refusals`.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.domain.act import by_the_bot
from bot.domain.delivery.delivery_states import DeliveryState
from bot.services.delivery.message_kinds import MessageKinds, Sent, SentTogether
from bot.services.delivery.results import Accepted, At, Retry
from bot.store.database import Database
from bot.store.delivery import claims, limits, outbox, posted
from bot.store.delivery.claims import Claimed, ClaimLost, FinishedClaim
from bot.store.sql.locking import lock_in_order
from bot.store.tables import Incident
from bot.store.transaction import Transaction

BETWEEN_POSTS = timedelta(seconds=1)
"""Slack accepts about one post a second in a channel, and does not promise to keep more."""
LONG = timedelta(seconds=60)
"""A longer limit is more than people can wait: see `long_limits`."""


def sent(
    kinds: MessageKinds[Any],
    db: Database,
    claimed: Claimed,
    accepted: Accepted,
    at: At,
    pause: timedelta = BETWEEN_POSTS,
) -> bool:
    """Record that Slack accepted it. False, changing nothing, if another worker has the claim."""
    try:
        sent_together(kinds, db, [(claimed, accepted)], at, pause)
    except ClaimLost:
        return False
    return True


def sent_together(
    kinds: MessageKinds[Any],
    db: Database,
    outcomes: Sequence[Sent],
    at: At,
    pause: timedelta = BETWEEN_POSTS,
) -> None:
    """Record that Slack accepted several. Raises ClaimLost, changing nothing, if one claim is lost.

    Like every service, this locks the incidents before their lanes, and each in a fixed order. So
    there are no deadlocks, and what follows sees any acknowledgement that came during the send.
    """
    rows = kinds.rows
    followed = {one.incident_id for one, _ in outcomes if rows[one.kind].locks_incident}
    ended = [
        FinishedClaim(one, there.channel, there.ts, pauses=rows[one.kind].posts)
        for one, there in outcomes
    ]
    with db.transaction() as tx:
        lock_in_order(tx, Incident, (one for one in followed if one is not None))
        claims.finish_sent(tx, ended, at.now, real=at.real, pause=pause)
        _follow_together(kinds, tx, outcomes, at)
        _edit_found(kinds, tx, outcomes, at)
        for claimed, accepted in outcomes:
            follow = rows[claimed.kind].sent
            if follow is not None:
                follow(tx, by_the_bot(claimed.workspace, at.now), claimed, accepted)


def _follow_together(
    kinds: MessageKinds[Any], tx: Transaction, outcomes: Sequence[Sent], at: At
) -> None:
    """Call each `sent_together` hook once, with all outcomes whose kinds name it."""
    by_hook: dict[SentTogether, list[Sent]] = {}
    for claimed, accepted in outcomes:
        follow = kinds.rows[claimed.kind].sent_together
        if follow is not None:
            by_hook.setdefault(follow, []).append((claimed, accepted))
    for follow, theirs in by_hook.items():
        follow(tx, theirs, at)


def _edit_found(
    kinds: MessageKinds[Any], tx: Transaction, outcomes: Sequence[Sent], at: At
) -> None:
    """Edit messages that a search found: they say what was true when they were posted."""
    for claimed, there in outcomes:
        if there.found and kinds.rows[claimed.kind].stands is not None:
            edit = posted.edit(posted.of(claimed), claimed.workspace.team_id, at.now)
            outbox.enqueue(tx, claimed.workspace, at.now, [edit])


def repeats(kinds: MessageKinds[Any], db: Database, claimed: Claimed) -> None:
    """Mark a message that is posted again although Slack may have it, so that it says so."""
    mark = kinds.rows[claimed.kind].repeats
    if mark is not None:
        with db.transaction() as tx:
            mark(tx, claimed)


def lock_first(tx: Transaction, claimed: Claimed) -> None:
    """Lock the incident before its lanes, as every service does. This avoids deadlocks, and what
    follows sees an acknowledgement that came while the message was on its way."""
    if claimed.incident_id is not None:
        lock_in_order(tx, Incident, [claimed.incident_id])


def moot(db: Database, claimed: Claimed, why: str, at: At) -> None:
    """Cancel a delivery that has nothing left to say."""
    with db.transaction() as tx:
        claims.finish(tx, claimed, DeliveryState.CANCELLED, real=at.real, error=why)


def again(db: Database, claimed: Claimed, retry: Retry, at: At) -> None:
    """Put a delivery back, to be tried again."""
    wait, in_order = retry.wait, retry.in_order
    with db.transaction() as tx:
        claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at if in_order else at.now + wait,
            block_lane=wait if in_order else timedelta(0),
            state=DeliveryState.UNKNOWN if retry.unknown else DeliveryState.DUE,
            error=retry.error,
            used_attempt=retry.used_attempt,
            looked_up=retry.looked_up,
        )


def rate_limited(
    kinds: MessageKinds[Any],
    db: Database,
    claimed: Claimed,
    after: timedelta,
    scope: str | None,
    at: At,
) -> None:
    """Put a delivery back after a 429. The lane (with `scope`, the method too) rests everywhere.

    It costs no attempt. If a lane for posts rests for more than `LONG`, it counts as refused.
    """
    with db.transaction() as tx:
        held = claims.put_back(
            tx,
            claimed,
            real=at.real,
            due_at=claimed.due_at,
            state=DeliveryState.UNKNOWN if claimed.uncertain else DeliveryState.DUE,
            error=limits.RATE_LIMITED,
            used_attempt=False,
            block_lane=after,
        )
        until = at.real + after
        if held and scope is not None:
            limits.block(tx, claimed.workspace, scope, until, limits.RATE_LIMITED)
        if held and after > LONG and kinds.rows[claimed.kind].posts:
            limits.refuse_lane(tx, claimed.workspace, claimed.lane, until, limits.RATE_LIMITED)
