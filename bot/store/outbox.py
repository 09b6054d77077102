"""The outbox: what is to be sent, in lanes. Claims and their ends.

A lane is one channel, one person's messages or one incident's set-up. Its row is the lock (one
delivery in flight), the rate limit and the index of what waits. `now` is the product's time;
`real` is the machine's, in which leases and rate limits are counted (they differ only where a
demonstration has moved time forward).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.domain.act import Workspace
from bot.domain.duework import DeliveryKind, DeliveryState, Priority
from bot.domain.ids import DeliveryId, new_id
from bot.store.tables import Delivery, Lane
from bot.store.transaction import Transaction

LEASE = timedelta(seconds=30)
UNSENT = (DeliveryState.DUE, DeliveryState.UNKNOWN, DeliveryState.SENDING)
_IDLE_PRIORITY = 9


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery to be made. `dedup_key` makes it one, whatever is retried."""

    kind: DeliveryKind
    priority: Priority
    lane: str
    subject: str
    dedup_key: str
    incident_id: str | None = None
    target: str | None = None
    thread_ts: str | None = None
    merge_key: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker holds until `lease_until`, under `fence`.

    `uncertain`: an earlier attempt ended without an answer, so Slack may have it already.
    """

    id: DeliveryId
    workspace: Workspace
    kind: DeliveryKind
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
    created_at: datetime
    lease_until: datetime
    uncertain: bool
    merge_key: str | None


def enqueue(
    tx: Transaction, workspace: Workspace, now: datetime, messages: Iterable[Outgoing]
) -> None:
    """Add deliveries that are not there yet, and wake their lanes."""
    rows = [_row(workspace, now, message) for message in messages]
    if not rows:
        return
    dialect_insert = sqlite.insert if tx.dialect == "sqlite" else postgresql.insert
    tx.execute(dialect_insert(Delivery).values(rows).on_conflict_do_nothing())
    lanes: dict[str, dict[str, Any]] = {}
    for row in rows:
        lane = lanes.setdefault(row["lane"], _lane(workspace, row, now))
        lane["pending_at"] = min(lane["pending_at"], row["due_at"])
        lane["priority"] = min(lane["priority"], row["priority"])
    # In one order everywhere: two transactions that wake the same lanes cannot deadlock.
    wake = dialect_insert(Lane).values([lanes[key] for key in sorted(lanes)])
    new = wake.excluded
    tx.execute(
        wake.on_conflict_do_update(
            index_elements=[col(Lane.key)],
            set_={
                "pending_at": _earlier(col(Lane.pending_at), new.pending_at),
                "priority": case(
                    (new.priority < col(Lane.priority), new.priority), else_=col(Lane.priority)
                ),
            },
        )
    )
    tx.wakes_relay = True


def _row(workspace: Workspace, now: datetime, message: Outgoing) -> dict[str, Any]:
    return {
        "id": new_id(now),
        "team_id": workspace.team_id,
        "enterprise_id": workspace.enterprise_id,
        "dedup_key": message.dedup_key,
        "merge_key": message.merge_key,
        "kind": message.kind,
        "priority": int(message.priority),
        "subject": message.subject,
        "incident_id": message.incident_id,
        "args": dict(message.args),
        "lane": f"{workspace.team_id}/{message.lane}",
        "target": message.target,
        "thread_ts": message.thread_ts,
        "state": DeliveryState.DUE,
        "due_at": message.due_at or now,
        "fence": 0,
        "attempts": 0,
        "lookups": 0,
        "created_at": now,
    }


def _lane(workspace: Workspace, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    past = datetime(2000, 1, 1, tzinfo=now.tzinfo)
    return {
        "key": row["lane"],
        "team_id": workspace.team_id,
        "enterprise_id": workspace.enterprise_id,
        "priority": row["priority"],
        "pending_at": row["due_at"],
        "busy_until": past,
        "not_before": past,
    }


def _earlier(old: Any, new: Any) -> Any:
    return case((or_(old.is_(None), new < old), new), else_=old)


def claim(
    tx: Transaction,
    *,
    now: datetime,
    real: datetime,
    limit: int,
    kinds: Sequence[DeliveryKind] = tuple(DeliveryKind),
    lease: timedelta = LEASE,
) -> list[Claimed]:
    """Take the next delivery of up to `limit` free lanes, pages first.

    Two workers never get the same lane: its row is locked (SKIP LOCKED on PostgreSQL, the only
    writer on SQLite) and stays leased until `finish` or until the lease has run out.
    """
    free = (
        select(col(Lane.key))
        .where(
            col(Lane.pending_at) <= now,
            col(Lane.busy_until) <= real,
            col(Lane.not_before) <= real,
        )
        .order_by(col(Lane.priority), col(Lane.pending_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = list(tx.execute(free).scalars())
    if not keys:
        return []
    heads = _heads(tx, keys, now=now, real=real, kinds=kinds)
    idle = [key for key in keys if key not in heads]
    if idle:
        recount(tx, idle)
    if not heads:
        return []
    until = real + lease
    tx.execute(update(Lane).where(col(Lane.key).in_(heads)).values(busy_until=until))
    before = dict(heads.values())
    taken = tx.execute(
        update(Delivery)
        .where(col(Delivery.id).in_(before))
        .values(
            state=DeliveryState.SENDING,
            lease_until=until,
            fence=col(Delivery.fence) + 1,
            attempts=col(Delivery.attempts) + 1,
        )
        .returning(Delivery.__table__)  # type: ignore[attr-defined]
    )
    claimed = [_claimed(row, before[row["id"]]) for row in taken.mappings()]
    return sorted(claimed, key=lambda delivery: (delivery.due_at, delivery.id))


def _heads(
    tx: Transaction,
    keys: Sequence[str],
    *,
    now: datetime,
    real: datetime,
    kinds: Sequence[DeliveryKind],
) -> dict[str, tuple[str, DeliveryState]]:
    """Return for each lane the delivery whose turn it is: (id, the state in which it waits)."""
    next_id = (
        select(col(Delivery.id))
        .where(
            col(Delivery.lane) == col(Lane.key),
            col(Delivery.state).in_(UNSENT),
            col(Delivery.due_at) <= now,
            col(Delivery.kind).in_(kinds),
            or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= real),
        )
        .order_by(col(Delivery.priority), col(Delivery.due_at), col(Delivery.id))
        .limit(1)
        .correlate(Lane)
        .scalar_subquery()
    )
    heads = select(col(Lane.key), next_id.label("head")).where(col(Lane.key).in_(keys)).subquery()
    found = tx.execute(
        select(heads.c.key, col(Delivery.id), col(Delivery.state)).join(
            Delivery, col(Delivery.id) == heads.c.head
        )
    )
    return {row["key"]: (row["id"], row["state"]) for row in found.mappings()}


def _claimed(row: RowMapping, before: DeliveryState) -> Claimed:
    return Claimed(
        id=DeliveryId(row["id"]),
        workspace=Workspace(row["team_id"], row["enterprise_id"]),
        kind=row["kind"],
        subject=row["subject"],
        incident_id=row["incident_id"],
        target=row["target"],
        thread_ts=row["thread_ts"],
        args=row["args"],
        lane=row["lane"],
        fence=row["fence"],
        attempts=row["attempts"],
        lookups=row["lookups"],
        due_at=row["due_at"],
        created_at=row["created_at"],
        lease_until=row["lease_until"],
        uncertain=before is not DeliveryState.DUE,
        merge_key=row["merge_key"],
    )


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
) -> bool:
    """End a claim for good; False when the fence moved on (somebody else holds it now).

    `pause` keeps the lane quiet: a second between two posts of a channel.
    """
    values = {
        "state": state,
        "sent_at": sent_at,
        "slack_channel": slack_channel,
        "slack_ts": slack_ts,
        "error": error[:200] if error else None,
    }
    if not _settle(tx, claimed, values):
        return False
    _free(tx, claimed.lane, real=real, pause=pause)
    return True


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
    if claimed.merge_key is not None and _newer_waits(tx, claimed):
        return finish(tx, claimed, DeliveryState.CANCELLED, real=real, pause=block_lane)
    values = {
        "state": state,
        "due_at": due_at,
        "lease_until": None,
        "error": error[:200] if error else None,
        "attempts": col(Delivery.attempts) - (0 if used_attempt else 1),
        "lookups": col(Delivery.lookups) + (1 if looked_up else 0),
    }
    if not _settle(tx, claimed, values):
        return False
    _free(tx, claimed.lane, real=real, pause=block_lane)
    return True


def _newer_waits(tx: Transaction, claimed: Claimed) -> bool:
    waiting = select(col(Delivery.id)).where(
        col(Delivery.merge_key) == claimed.merge_key,
        col(Delivery.state) == DeliveryState.DUE,
        col(Delivery.id) != claimed.id,
    )
    return tx.execute(waiting).first() is not None


def _settle(tx: Transaction, claimed: Claimed, values: Mapping[str, Any]) -> bool:
    held = and_(
        col(Delivery.id) == claimed.id,
        col(Delivery.fence) == claimed.fence,
        col(Delivery.state) == DeliveryState.SENDING,
    )
    return tx.changed(update(Delivery).where(held).values(**values)) == 1


def _free(tx: Transaction, lane: str, *, real: datetime, pause: timedelta) -> None:
    # Locked by a statement of its own: what another transaction added before it let go of the
    # lane is visible to the recount, which a sub-select in the same statement would not see.
    tx.execute(select(col(Lane.key)).where(col(Lane.key) == lane).with_for_update())
    values: dict[str, Any] = {"busy_until": real}
    if pause:
        values["not_before"] = real + pause
    tx.execute(update(Lane).where(col(Lane.key) == lane).values(**values))
    recount(tx, [lane])


def recount(tx: Transaction, lanes: Sequence[str]) -> None:
    """Set what each lane waits for from its deliveries."""
    mine = and_(col(Delivery.lane) == col(Lane.key), col(Delivery.state).in_(UNSENT))
    due = select(func.min(col(Delivery.due_at))).where(mine).correlate(Lane).scalar_subquery()
    first = select(func.min(col(Delivery.priority))).where(mine).correlate(Lane).scalar_subquery()
    tx.execute(
        update(Lane)
        .where(col(Lane.key).in_(lanes))
        .values(pending_at=due, priority=func.coalesce(first, _IDLE_PRIORITY))
        .execution_options(synchronize_session=False)
    )


def cancel(tx: Transaction, subjects: Iterable[str], kinds: Sequence[DeliveryKind]) -> int:
    """Withdraw what is not sent yet; what is in flight is settled by whoever holds it."""
    wanted = list(subjects)
    if not wanted:
        return 0
    return tx.changed(
        update(Delivery)
        .where(
            col(Delivery.subject).in_(wanted),
            col(Delivery.kind).in_(kinds),
            col(Delivery.state).in_((DeliveryState.DUE, DeliveryState.UNKNOWN)),
        )
        .values(state=DeliveryState.CANCELLED)
    )


def withdraw(
    tx: Transaction,
    incident_ids: Iterable[str],
    kinds: Sequence[DeliveryKind] = tuple(DeliveryKind),
    *,
    due_before: datetime | None = None,
) -> int:
    """Withdraw what is not sent yet of whole incidents, and let their lanes sleep."""
    theirs = col(Delivery.incident_id).in_(list(incident_ids))
    unsent: list[Any] = [
        theirs,
        col(Delivery.kind).in_(kinds),
        col(Delivery.state).in_((DeliveryState.DUE, DeliveryState.UNKNOWN)),
    ]
    if due_before is not None:
        unsent.append(col(Delivery.due_at) < due_before)
    withdrawn = tx.changed(update(Delivery).where(*unsent).values(state=DeliveryState.CANCELLED))
    lanes = tx.execute(select(col(Delivery.lane)).where(theirs).distinct()).scalars()
    recount(tx, sorted(lanes))
    return withdrawn
