"""The tables of incidents, and of their timelines, people, access requests, decisions and tasks."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from sqlalchemy import Index, UniqueConstraint, false, true
from sqlmodel import Field

from bot.domain.access.visibility import Tier
from bot.domain.incidents.lifecycle import State
from bot.domain.incidents.severity import Severity
from bot.domain.incidents.timeline import GENESIS, EntryKind
from bot.store.tables.base import Tenant, closed, json_column, moment, partial
from bot.store.tables.states import ChannelState, RequestState, TaskKind, TaskState


class Incident(Tenant, table=True):
    """One escalation. `head` and `entries` seal its timeline.

    A `drill` is the canary's: it pages no one, and no list, count or digest shows it.
    `channel_private` is null if the channel is older than this column. `needs` say
    what the paged people are needed for (null in rows of earlier releases).
    """

    __table_args__ = (
        UniqueConstraint("team_id", "number"),
        partial("ix_incident_channel", "team_id", "channel_id", where="channel_id IS NOT NULL"),
        Index("ix_incident_open", "team_id", "state", "severity", "number"),
        Index("ix_incident_opened", "team_id", "opened_at"),
        partial("ix_incident_ended", "team_id", "ended_at", where="ended_at IS NOT NULL"),
        partial("ix_incident_drill", "id", where="drill"),
        partial("ix_incident_duplicate", "duplicate_of", where="duplicate_of IS NOT NULL"),
    )

    id: str = Field(primary_key=True, max_length=26)
    number: int
    title: str
    codename: str = Field(max_length=80)
    tier: Tier = closed(Tier)
    severity: Severity = closed(Severity)
    state: State = closed(State)
    category: str = Field(max_length=64)
    surface: str | None = Field(default=None, max_length=64)
    market: str | None = Field(default=None, max_length=64)
    source: str | None = Field(default=None, max_length=64)
    references: list[str] = json_column()
    affected: list[str] = json_column()
    criteria: list[str] = json_column()
    needs: list[dict[str, Any]] | None = json_column(default=None, nullable=True)
    owner: str | None = Field(default=None, max_length=32)
    opened_by: str = Field(max_length=32)
    opened_at: datetime = moment()
    triaged_at: datetime | None = moment(default=None, nullable=True)
    decided_at: datetime | None = moment(default=None, nullable=True)
    resolved_at: datetime | None = moment(default=None, nullable=True)
    ended_at: datetime | None = moment(default=None, nullable=True)
    updated_at: datetime = moment()
    update_due_at: datetime | None = moment(default=None, nullable=True)
    update_every: int = 0
    root_cause: str | None = Field(default=None, max_length=64)
    duplicate_of: str | None = Field(default=None, max_length=26)
    room: ChannelState = closed(ChannelState)
    channel_id: str | None = Field(default=None, max_length=32)
    channel_name: str | None = Field(default=None, max_length=80)
    channel_private: bool | None = None
    thread_ts: str | None = Field(default=None, max_length=32)
    card_ts: str | None = Field(default=None, max_length=32)
    policy_digest: str = Field(max_length=64)
    entries: int = 0
    head: str = Field(default=GENESIS, max_length=64)
    drill: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class NewIncident(TypedDict):
    """The columns that an incident has from its opening; the others have their defaults."""

    team_id: str
    enterprise_id: str | None
    id: str
    number: int
    title: str
    codename: str
    tier: Tier
    severity: Severity
    state: State
    category: str
    surface: NotRequired[str | None]
    market: NotRequired[str | None]
    source: NotRequired[str | None]
    references: list[str]
    affected: list[str]
    criteria: list[str]
    needs: NotRequired[list[dict[str, Any]] | None]
    opened_by: str
    opened_at: datetime
    updated_at: datetime
    update_every: NotRequired[int]
    room: ChannelState
    policy_digest: str
    drill: NotRequired[bool]


class IncidentColumns(TypedDict, total=False):
    """The columns of an incident that change after its opening."""

    title: str
    tier: Tier
    severity: Severity
    state: State
    category: str
    references: list[str]
    needs: list[dict[str, Any]] | None
    owner: str | None
    triaged_at: datetime | None
    decided_at: datetime | None
    resolved_at: datetime | None
    ended_at: datetime | None
    updated_at: datetime
    update_due_at: datetime | None
    update_every: int
    root_cause: str | None
    duplicate_of: str | None
    room: ChannelState
    channel_id: str | None
    channel_name: str | None
    channel_private: bool | None
    thread_ts: str | None
    card_ts: str | None
    entries: int
    head: str


class TimelineEntry(Tenant, table=True):
    """One fact of an incident's history; never updated, never deleted."""

    __tablename__ = "timeline_entry"

    incident_id: str = Field(primary_key=True, max_length=26)
    seq: int = Field(primary_key=True)
    at: datetime = moment()
    actor: str = Field(max_length=32)
    kind: EntryKind = closed(EntryKind)
    data: dict[str, Any] = json_column()
    hash: str = Field(max_length=64)


class Participant(Tenant, table=True):
    """A person in an incident: they may read it even if it is restricted, and are in its channel.

    A person who `belongs` may also work on it; the others may only read it. `left_at` is when an
    owner left the channel; they may read the incident until another person owns it.
    """

    __table_args__ = (Index("ix_participant_user", "team_id", "user_id"),)

    incident_id: str = Field(primary_key=True, max_length=26)
    user_id: str = Field(primary_key=True, max_length=32)
    team_key: str | None = Field(default=None, max_length=64)
    since: datetime = moment()
    belongs: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    left_at: datetime | None = moment(default=None, nullable=True)


class AccessRequest(Tenant, table=True):
    """A person who asked to read a restricted incident, or was brought into its channel by hand.

    In an incident, each person has at most one open request, and one open question about being
    brought in. `added_by` is the person who brought them in, if Slack says so.
    """

    __tablename__ = "access_request"
    __table_args__ = (
        Index("ix_access_request_person", "incident_id", "person"),
        partial(
            "uq_access_request_open",
            "incident_id",
            "person",
            "by_hand",
            unique=True,
            where="state = 'open'",
        ),
    )

    id: str = Field(primary_key=True, max_length=26)
    incident_id: str = Field(max_length=26)
    person: str = Field(max_length=32)
    by_hand: bool = False
    added_by: str | None = Field(default=None, max_length=32)
    asked_at: datetime = moment()
    state: RequestState = closed(RequestState)
    answered_by: str | None = Field(default=None, max_length=32)
    answered_at: datetime | None = moment(default=None, nullable=True)
    reason: str = ""


class Decision(Tenant, table=True):
    """A decision, the person who made it, and the clause on which it rests."""

    __table_args__ = (Index("ix_decision_incident", "incident_id"),)

    id: str = Field(primary_key=True, max_length=26)
    incident_id: str = Field(max_length=26)
    at: datetime = moment()
    by: str = Field(max_length=32)
    actions: list[str] = json_column()
    scope: str
    clause: str
    policy_version: str = Field(max_length=80)
    rationale: str
    dissent: str = ""
    approvers: list[str] = json_column()
    precedent: str = Field(max_length=64)


class Task(Tenant, table=True):
    """Something that a person must do by a time: a task, or a follow-up after resolution."""

    __table_args__ = (
        Index("ix_task_assignee", "team_id", "assignee", "state"),
        Index("ix_task_incident", "incident_id"),
        Index("ix_task_due", "team_id", "state", "due_at"),
        Index("ix_task_done", "team_id", "done_at"),
    )

    id: str = Field(primary_key=True, max_length=26)
    incident_id: str = Field(max_length=26)
    kind: TaskKind = closed(TaskKind)
    assignee: str = Field(max_length=32)
    text: str
    due_at: datetime = moment()
    state: TaskState = closed(TaskState)
    created_by: str = Field(max_length=32)
    created_at: datetime = moment()
    done_at: datetime | None = moment(default=None, nullable=True)
    done_by: str | None = Field(default=None, max_length=32)
