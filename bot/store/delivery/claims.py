"""Claims: a worker takes due deliveries from the outbox, one in each lane, and ends each claim.

`now` is the product's time. `real` is the machine's, for leases and rate limits. They differ only
if a demonstration has moved time forward.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import select, update
from sqlmodel import col

from bot.domain.act import Workspace
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.delivery.message_args import Args, MessageArgs, read
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


ArgsRead = TypeVar("ArgsRead", bound=MessageArgs, covariant=True)


class ClaimOf(NamedTuple, Generic[ArgsRead]):
    """A delivery that this worker holds until `lease_until`, under `fence`.

    `uncertain`: an earlier attempt ended without an answer, so Slack may have it already.
    `wanted_at` is when it was first due, `due_at` when this attempt was. Everyone but `args` leaves
    `stored_args` alone. The fields from `kind` to `merge_key` are in the order of
    `claim_statements.CLAIMED`. This is a tuple because claims come by the thousand: a frozen
    dataclass takes five times as long.
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
    stored_args: Mapping[str, Any]
    lane: str
    fence: int
    attempts: int
    lookups: int
    due_at: datetime
    wanted_at: datetime
    created_at: datetime
    uncertain: bool
    merge_key: str | None
    reads: type[ArgsRead]

    @property
    def args(self) -> ArgsRead:
        """The arguments, as their kind reads them.

        They are read here and not during the claim: a row that cannot be read must fail alone.
        """
        return read(self.reads, self.stored_args)


Claimed = ClaimOf[MessageArgs]


def claim(
    tx: Transaction,
    *,
    kinds: Mapping[DeliveryKind, type[Args]],
    now: datetime,
    real: datetime,
    limit: int,
    lease: timedelta = LEASE,
    lowest: int = ANY_PRIORITY,
    outside: bool = False,
) -> list[ClaimOf[Args]]:
    """Take the next delivery of up to `limit` free lanes, pages first.

    `kinds`: those to take, each with the type of its arguments. With `outside`, this takes only
    from lanes that lead past Slack; otherwise, from all others. Two workers never get the same
    lane: the claim locks its row (SKIP LOCKED on PostgreSQL, the only writer on SQLite), and leases
    it until `finish` or until the lease runs out. Deliveries less important than `lowest` stay
    where they are.
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
        # They may hold a newer release's rows. At the front, they would block the other lanes.
        over = {"lanes": idle, "kinds": known, "until": real + _PASSED_OVER, "now": now}
        tx.execute(claim_statements.PASS_OVER, over)
    until, made = real + lease, ClaimOf[Args]._make
    claimed = [
        made((row[1], workspace_of(row[2], row[3]), until, *row[4:], kinds[row[4]]))
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
    """Return several values as one, in the database's form."""
    return json.dumps(values) if tx.has_one_writer else list(values)


@cache
def _values(kinds: tuple[DeliveryKind, ...]) -> list[str]:
    return [kind.value for kind in kinds]


_by_age = attrgetter("due_at", "id")


def renew(tx: Transaction, claimed: Claimed, *, until: datetime) -> bool:
    """Extend a claim's lease; False if the fence has moved on, so another worker holds it now."""
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
    """End a claim for good; False if the fence has moved on, so another worker holds it now.

    `pause` keeps the lane quiet: a second between two posts in a channel. With `free=False` the
    lane stays leased, because the transaction also wakes other lanes: see `let_go`.
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
    """Free the lane of an ended claim, in a transaction of its own.

    A transaction that holds one lane and wakes another could deadlock with one that does the
    opposite: for example, if two people are each other's backup and both have left. If this step is
    lost, the lease runs out.
    """
    _hold(tx, claimed.lane)
    mine = col(Lane.busy_until) <= claimed.lease_until
    held = select(col(Lane.key)).where(col(Lane.key) == claimed.lane, mine)
    if tx.execute(held).first() is not None:
        _free(tx, claimed.lane, real=real, pause=timedelta(0))


def is_held(tx: Transaction, claimed: Claimed) -> bool:
    """Tell whether the worker still holds this claim."""
    mine = {"held_id": claimed.id, "held_fence": claimed.fence}
    return tx.execute(select(col(Delivery.id)).where(statements.HELD), mine).first() is not None


class ClaimLost(Exception):
    """The fence has moved on: the whole transaction must be undone."""


@dataclass(frozen=True, slots=True)
class FinishedClaim:
    """A claim whose call Slack accepted, and whether its lane pauses after it."""

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
    """End several claims that Slack accepted. Raises ClaimLost if another worker holds one now."""
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
    """Return a claim to the outbox for later; False if the fence has moved on.

    If it merges (such as a card's change) and a newer one already waits, it is cancelled instead.
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
        # Counts look-ups since the last attempt that may have arrived: each gets two.
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
    # Lock in a statement of its own. Then the next statements, such as the recount, see what
    # another transaction added before it released the lane.
    if not tx.has_one_writer:
        tx.execute(statements.HOLD, {"lane": lane})


def _free(tx: Transaction, lane: str, *, real: datetime, pause: timedelta) -> None:
    """Release a lane, and set its next time and priority from its deliveries."""
    given = {"lane": lane, "real": real}
    if pause:
        tx.execute(statements.FREE_AND_REST, {**given, "rested": real + pause})
    else:
        tx.execute(statements.FREE, given)


def recount(tx: Transaction, lanes: Sequence[str]) -> None:
    """Set each lane's next time and priority from its deliveries."""
    tx.execute(statements.RECOUNT, {"lanes": list(lanes)})
