"""The outbox: the messages to send, in lanes.

A lane is one channel, one person's messages or one incident's set-up. Its row is the lock (one
delivery in flight), the rate limit and the index of what waits. `claims` takes the due deliveries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.act import Workspace
from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import DeliveryState, Priority
from bot.domain.delivery.message_args import NO_ARGS, MessageArgs, stored
from bot.domain.ids import new_id
from bot.domain.kinds import DeliveryKind
from bot.store.delivery import outbox_statements as statements
from bot.store.tables import Delivery
from bot.store.transaction import Transaction

UNSENT = statements.UNSENT


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery to add. Because of its `dedup_key`, a retried transaction adds it only once."""

    kind: DeliveryKind
    priority: Priority
    lane: str
    subject: str
    dedup_key: str
    incident_id: str | None = None
    target: str | None = None
    thread_ts: str | None = None
    merge_key: str | None = None
    args: MessageArgs = NO_ARGS
    due_at: datetime | None = None


def enqueue(
    tx: Transaction, workspace: Workspace, now: datetime, messages: Iterable[Outgoing]
) -> None:
    """Add deliveries that are not there yet, and wake their lanes."""
    wanted = list(messages)
    # Sorted, so that ids keep the order of the messages even within one millisecond.
    ids = sorted(new_id(now) for _ in wanted)
    rows = [_row(workspace, now, *pair) for pair in zip(ids, wanted, strict=True)]
    if not rows:
        return
    waking: dict[str, dict[str, Any]] = {}
    for row in rows:
        lane = waking.setdefault(row["lane"], _lane(workspace, row, now))
        lane["pending_at"] = min(lane["pending_at"], row["due_at"])
        lane["priority"] = min(lane["priority"], row["priority"])
    # Lanes first: until the commit, no worker claims in them. So if a row is dropped because one
    # with its merge key waits, that one has not been read yet. The lanes are in one order
    # everywhere, so two transactions that wake the same lanes cannot deadlock.
    tx.put(statements.wake(tx.dialect), [waking[key] for key in sorted(waking)])
    tx.put_new(Delivery, *rows)
    tx.put_waiting()
    tx.wakes_relay = True


def wake(tx: Transaction, workspace: Workspace, lane: str, priority: int, due: datetime) -> None:
    """Make the relay look at a lane from `due` on."""
    about = {"lane": lanes.stored(workspace.team_id, lane), "priority": priority, "due_at": due}
    tx.put(statements.wake(tx.dialect), [_lane(workspace, about, due)])
    tx.wakes_relay = True


def _row(
    workspace: Workspace, now: datetime, delivery_id: str, message: Outgoing
) -> dict[str, Any]:
    return {
        "id": delivery_id,
        "team_id": workspace.team_id,
        "enterprise_id": workspace.enterprise_id,
        "dedup_key": message.dedup_key,
        "merge_key": message.merge_key,
        "kind": message.kind,
        "priority": int(message.priority),
        "subject": message.subject,
        "incident_id": message.incident_id,
        "args": stored(message.args),
        "lane": lanes.stored(workspace.team_id, message.lane),
        "target": message.target,
        "thread_ts": message.thread_ts,
        "state": DeliveryState.DUE,
        "due_at": message.due_at or now,
        "wanted_at": message.due_at or now,
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
