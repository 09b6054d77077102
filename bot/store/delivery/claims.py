"""Claims: who sends what is due in the outbox, one delivery in each lane, and how that ends.

`now` is the product's time; `real` is the machine's, in which leases and rate limits are counted
(they differ only where a demonstration has moved time forward).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlmodel import col

from bot.domain.act import Workspace
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.ids import DeliveryId
from bot.domain.kinds import DeliveryKind
from bot.store.delivery import claim_statements
from bot.store.delivery import outbox_statements as statements
from bot.store.sql.columns import workspace_of
from bot.store.tables import Delivery, Lane
from bot.store.transaction import Transaction

LEASE = timedelta(seconds=30)
ANY_PRIORITY = statements.IDLE_PRIORITY
_PASSED_OVER = timedelta(milliseconds=500)


class Claimed(NamedTuple):
    """A delivery that this worker holds until `lease_until`, under `fence`.

    `uncertain`: an earlier attempt ended without an answer, so Slack may have it already.
    `wanted_at` is when it was first due, `due_at` when this attempt was. A tuple, because they
    are made by the thousand: a frozen dataclass takes five times as long. What stands behind
    `lease_until` is in the order of `claim_statements.CLAIMED`. `args` are as stored: whoever
    knows the kind reads them (`bot.domain.delivery.message_args`).
    """

    id: DeliveryId
    workspace: Workspace
    lease_until: datetime
    kind: DeliveryKind
    priority: int
    subject: str
    incident_id: str | None
    target: str | None
    thread_ts: str | None
    args: Mapping[str, Any]
    lane: str
    fence: int
    attempts: int
    lookups: int
    due_at: datetime
    wanted_at: datetime
    created_at: datetime
    uncertain: bool
    merge_key: str | None


def claim(
    tx: Transaction,
    *,
    now: datetime,
    real: datetime,
    limit: int,
    kinds: Sequence[DeliveryKind] = tuple(DeliveryKind),
    lease: timedelta = LEASE,
    lowest: int = ANY_PRIORITY,
    outside: bool = False,
) -> list[Claimed]:
    """Take the next delivery of up to `limit` free lanes, pages first; with `outside`, of those
    lanes that lead past Slack, and of no others.

    Two workers never get the same lane: its row is locked (SKIP LOCKED on PostgreSQL, the only
    writer on SQLite) and stays leased until `finish` or until the lease has run out. What is less
    important than `lowest` is left alone.
    """
    known = _values(tuple(kinds))
    first, last = (Priority.FALLBACK, Priority.FALLBACK) if outside else (Priority.PAGE, lowest)
    found = tx.listed(
        claim_statements.heads(tx.dialect),
        now=now,
        real=real,
        room=limit,
        first=int(first),
        last=int(last),
        kinds=_listed(tx, known),
    )
    idle = [row[0] for row in found if row[1] is None]
    if idle:
        recount(tx, idle)
    if idle and lowest == ANY_PRIORITY:
        # A newer release's rows wait in them: left in front, they would keep others from a turn.
        over = {"lanes": idle, "kinds": known, "until": real + _PASSED_OVER, "now": now}
        tx.execute(claim_statements.PASS_OVER, over)
    until = real + lease
    claimed = [
        Claimed._make((row[1], workspace_of(row[2], row[3]), until, *row[4:]))
        for row in found
        if row[1] is not None
    ]
    if claimed:
        _lease(tx, claimed, until=until, again=now + lease)
    claimed.sort(key=_by_age)
    return claimed


def _lease(
    tx: Transaction, claimed: Sequence[Claimed], *, until: datetime, again: datetime
) -> None:
    lanes = _listed(tx, [delivery.lane for delivery in claimed])
    ids = _listed(tx, [delivery.id for delivery in claimed])
    given = {"lanes": lanes, "ids": ids, "until": until, "again": again}
    for statement in claim_statements.lease(tx.dialect):
        tx.run(statement, [given])


def _listed(tx: Transaction, values: Sequence[str]) -> Any:
    """Several values as the one that the database takes."""
    return json.dumps(values) if tx.has_one_writer else list(values)


@cache
def _values(kinds: tuple[DeliveryKind, ...]) -> list[str]:
    return [kind.value for kind in kinds]


_by_age = attrgetter("due_at", "id")


def renew(tx: Transaction, claimed: Claimed, *, until: datetime) -> bool:
    """Hold a claim for longer; False when the fence moved on (somebody else holds it now)."""
    _hold(tx, claimed.lane)
    held = update(Delivery).where(statements.HELD).values(lease_until=until)
    if tx.changed(held, {"held_id": claimed.id, "held_fence": claimed.fence}) != 1:
        return False
    tx.execute(update(Lane).where(col(Lane.key) == claimed.lane).values(busy_until=until))
    return True


def finish(
    tx: Transaction,
    claimed: Claimed,
    state: DeliveryState,
    *,
    real: datetime,
    sent_at: datetime | None = None,
    slack_channel: str | None = None,
    slack_ts: str | None = None,
    error: str | None = None,
    pause: timedelta = timedelta(0),
    free: bool = True,
) -> bool:
    """End a claim for good; False when the fence moved on (somebody else holds it now).

    `pause` keeps the lane quiet: a second between two posts of a channel. Without `free` the lane
    stays leased and untouched, for what else the transaction wakes: see `let_go`.
    """
    if free:
        _hold(tx, claimed.lane)
    values = {
        "held_id": claimed.id,
        "held_fence": claimed.fence,
        "ends_as": state,
        "at": sent_at,
        "there": slack_channel,
        "ts": slack_ts,
        "why": error[:200] if error else None,
    }
    if tx.run(statements.FINISH, [values]) != 1:
        return False
    if free:
        _free(tx, claimed.lane, real=real, pause=pause)
    return True


def let_go(tx: Transaction, claimed: Claimed, *, real: datetime) -> None:
    """Free the lane of a claim that has ended, in a transaction of its own.

    One transaction that holds a lane and wakes another would meet one that does it the other way
    round: two people who are each other's backup, both gone. Without this step the lease runs out.
    """
    _hold(tx, claimed.lane)
    mine = col(Lane.busy_until) <= claimed.lease_until
    held = select(col(Lane.key)).where(col(Lane.key) == claimed.lane, mine)
    if tx.execute(held).first() is not None:
        _free(tx, claimed.lane, real=real, pause=timedelta(0))


def is_held(tx: Transaction, claimed: Claimed) -> bool:
    """Tell whether a claim is still its own."""
    mine = {"held_id": claimed.id, "held_fence": claimed.fence}
    return tx.execute(select(col(Delivery.id)).where(statements.HELD), mine).first() is not None


class ClaimLost(Exception):
    """The fence has moved on: nothing of this transaction may stand."""


@dataclass(frozen=True, slots=True)
class FinishedClaim:
    """A claim that ended with a message in Slack, and whether its channel rests after it."""

    claimed: Claimed
    channel: str | None
    ts: str | None
    pauses: bool


def finish_sent(
    tx: Transaction,
    ended: Sequence[FinishedClaim],
    at: datetime,
    *,
    real: datetime,
    pause: timedelta,
) -> None:
    """End several claims that Slack took. Raises ClaimLost when somebody else holds one by now."""
    lanes = [one.claimed.lane for one in ended]
    if not tx.has_one_writer:
        tx.read(statements.hold_many(tx.dialect), lanes=lanes)
    rows = [_sent(one, at) for one in ended]
    if tx.run(statements.FINISH, rows) != len(rows):
        raise ClaimLost
    resting = [one.claimed.lane for one in ended if one.pauses]
    if resting:
        given = {"lanes": resting, "real": real, "rested": real + pause}
        tx.run(statements.free_many(tx.dialect, rest=True), [given])
    if len(resting) < len(lanes):
        others = [one.claimed.lane for one in ended if not one.pauses]
        given = {"lanes": others, "real": real}
        tx.run(statements.free_many(tx.dialect, rest=False), [given])


def _sent(ended: FinishedClaim, at: datetime) -> dict[str, Any]:
    return {
        "held_id": ended.claimed.id,
        "held_fence": ended.claimed.fence,
        "ends_as": DeliveryState.SENT,
        "at": at,
        "there": ended.channel,
        "ts": ended.ts,
        "why": None,
    }


def put_back(
    tx: Transaction,
    claimed: Claimed,
    *,
    real: datetime,
    due_at: datetime,
    state: DeliveryState = DeliveryState.DUE,
    error: str | None = None,
    used_attempt: bool = True,
    looked_up: bool = False,
    block_lane: timedelta = timedelta(0),
) -> bool:
    """Return a claim to the outbox for later; False when the fence moved on.

    One that merges (a card's change) gives way to a newer one that waits already.
    """
    _hold(tx, claimed.lane)
    if claimed.merge_key is not None and _newer_waits(tx, claimed):
        return finish(tx, claimed, DeliveryState.CANCELLED, real=real, pause=block_lane)
    held = update(Delivery).where(statements.HELD)
    values = {
        "state": state,
        "due_at": due_at,
        "lease_until": None,
        "error": error[:200] if error else None,
        "attempts": col(Delivery.attempts) - (0 if used_attempt else 1),
        # Counted since the last attempt that may have arrived: each is looked up twice.
        "lookups": col(Delivery.lookups) + 1 if looked_up else 0,
    }
    mine = {"held_id": claimed.id, "held_fence": claimed.fence}
    if tx.changed(held.values(**values), mine) != 1:
        return False
    _free(tx, claimed.lane, real=real, pause=block_lane)
    return True


def _newer_waits(tx: Transaction, claimed: Claimed) -> bool:
    waiting = select(col(Delivery.id)).where(
        col(Delivery.merge_key) == claimed.merge_key,
        statements.IS_DUE,
        col(Delivery.id) != claimed.id,
    )
    return tx.execute(waiting).first() is not None


def _hold(tx: Transaction, lane: str) -> None:
    # Locked by a statement of its own: what another transaction added before it let go of the
    # lane is visible to the statements that follow, the recount among them.
    if not tx.has_one_writer:
        tx.execute(statements.HOLD, {"lane": lane})


def _free(tx: Transaction, lane: str, *, real: datetime, pause: timedelta) -> None:
    """Let go of a lane, and set what it waits for from its deliveries."""
    given = {"lane": lane, "real": real}
    if pause:
        tx.execute(statements.FREE_AND_REST, {**given, "rested": real + pause})
    else:
        tx.execute(statements.FREE, given)


def recount(tx: Transaction, lanes: Sequence[str]) -> None:
    """Set what each lane waits for from its deliveries."""
    tx.execute(statements.RECOUNT, {"lanes": list(lanes)})
