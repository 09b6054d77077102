"""The tables of due work, the outbox and its lanes, inbound keys, digest runs and reminders."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.duework.timer_states import TimerState
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.store.tables.base import Tenant, closed, json_column, moment, partial
from bot.store.tables.states import ReminderState


class Timer(Tenant, table=True):
    """Something that becomes due. Each (kind, subject, occurrence) has one row at most."""

    __table_args__ = (
        UniqueConstraint("kind", "subject", "occurrence"),
        partial("ix_timer_due", "due_at", "id", where="state = 'due'"),
        partial(
            "ix_timer_page_step",
            "due_at",
            "id",
            where="state = 'due' AND kind || '' = 'page step'",
        ),
        Index("ix_timer_incident", "incident_id"),
    )

    id: str = Field(primary_key=True, max_length=26)
    kind: TimerKind = closed(TimerKind)
    subject: str = Field(max_length=64)
    occurrence: str = Field(max_length=64)
    incident_id: str | None = Field(default=None, max_length=26)
    state: TimerState = closed(TimerState)
    due_at: datetime = moment()
    lease_until: datetime | None = moment(default=None, nullable=True)
    fence: int = 0
    attempts: int = 0


class Delivery(Tenant, table=True):
    """One message to send, or one other call to make: a row of the outbox.

    It names the content (`kind`, `subject`, `args`: ids only), never the words. `merge_key` is
    unique among due rows, so ten changes of a card wait as one row. `wanted_at` is when it was
    first due (null in rows of release 0.1: use `due_at`). A retry moves only `due_at`.
    """

    __table_args__ = (
        partial(
            "ix_delivery_lane",
            "lane",
            "priority",
            "due_at",
            "id",
            where="state IN ('due', 'unknown', 'sending')",
        ),
        partial(
            "uq_delivery_merge",
            "merge_key",
            unique=True,
            where="state = 'due' AND merge_key IS NOT NULL",
        ),
        Index("ix_delivery_subject", "subject"),
    )

    id: str = Field(primary_key=True, max_length=26)
    dedup_key: str = Field(unique=True, max_length=160)
    merge_key: str | None = Field(default=None, max_length=120)
    kind: DeliveryKind = closed(DeliveryKind)
    priority: int
    subject: str = Field(max_length=64)
    incident_id: str | None = Field(default=None, max_length=26)
    args: dict[str, Any] = json_column()
    lane: str = Field(max_length=96)
    target: str | None = Field(default=None, max_length=32)
    thread_ts: str | None = Field(default=None, max_length=32)
    state: DeliveryState = closed(DeliveryState)
    due_at: datetime = moment()
    wanted_at: datetime | None = moment(default=None, nullable=True)
    lease_until: datetime | None = moment(default=None, nullable=True)
    fence: int = 0
    attempts: int = 0
    lookups: int = 0
    created_at: datetime = moment()
    sent_at: datetime | None = moment(default=None, nullable=True)
    slack_channel: str | None = Field(default=None, max_length=32)
    slack_ts: str | None = Field(default=None, max_length=32)
    error: str | None = Field(default=None, max_length=200)


class Lane(Tenant, table=True):
    """A channel, a person's messages or an incident's set-up: one delivery in flight, in order.

    `pending_at` is when its next delivery is due (null: none waits). `busy_until` is the lease of
    the one in flight. `not_before` spaces posts, and keeps a 429's Retry-After for all replicas.
    """

    __table_args__ = (
        partial("ix_lane_pending", "priority", "pending_at", where="pending_at IS NOT NULL"),
    )

    key: str = Field(primary_key=True, max_length=96)
    priority: int = 9
    pending_at: datetime | None = moment(default=None, nullable=True)
    busy_until: datetime = moment()
    not_before: datetime = moment()


class Limit(Tenant, table=True):
    """A method, a lane or a whole workspace that the bot must not use for a while."""

    scope: str = Field(primary_key=True, max_length=120)
    blocked_until: datetime = moment()
    reason: str = Field(max_length=80)


class Inbound(Tenant, table=True):
    """A handled request. A second one with the same key has no effect."""

    __table_args__ = (Index("ix_inbound_received", "received_at"),)

    key: str = Field(primary_key=True, max_length=200)
    received_at: datetime = moment()
    outcome: str = Field(default="", max_length=80)


class Reminder(Tenant, table=True):
    """A reminder that a person asked for."""

    __table_args__ = (Index("ix_reminder_owner", "team_id", "owner", "state"),)

    id: str = Field(primary_key=True, max_length=26)
    incident_id: str | None = Field(default=None, max_length=26)
    owner: str = Field(max_length=32)
    text: str
    due_at: datetime = moment()
    times: int = 0
    state: ReminderState = closed(ReminderState)
    created_by: str = Field(max_length=32)
    created_at: datetime = moment()


class DigestRun(Tenant, table=True):
    """One period of one digest. If the row exists, the digest was sent, or is being sent."""

    __tablename__ = "digest_run"

    team_id: str = Field(primary_key=True, max_length=32)
    schedule: str = Field(primary_key=True, max_length=64)
    period_start: datetime = moment(primary_key=True)
    period_end: datetime = moment()
    due_at: datetime = moment()
    planned_at: datetime = moment()
    late: bool = False
