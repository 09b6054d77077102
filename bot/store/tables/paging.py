"""The tables of runs and pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, false, true
from sqlmodel import Field

from bot.domain.paging.ladders import PageState, Position, RunState
from bot.domain.paging.reasons import Reason, of_run
from bot.store.tables.base import Tenant, closed, json_column, moment


class PagingRun(Tenant, table=True):
    """The paging of one team (or one person) for an incident, on its own ladder.

    `by_entitled`: `requested_by` was entitled to let others work on the incident. `reasons` say why
    it pages (null in rows of release 0.2, which have `requested_by` and `why`). `early_word_at` is
    when the bot told the channel and the owner that the first step had passed.
    """

    __tablename__ = "paging_run"
    __table_args__ = (
        Index("ix_paging_run_incident", "incident_id"),
        Index("ix_paging_run_started", "team_id", "started_at"),
    )

    id: str = Field(primary_key=True, max_length=26)
    incident_id: str = Field(max_length=26)
    team_key: str = Field(max_length=64)
    team_name: str = Field(max_length=120)
    ladder: dict[str, Any] = json_column()
    state: RunState = closed(RunState)
    round: int = 0
    step: int = -1
    why: str = ""
    requested_by: str = Field(max_length=32)
    started_at: datetime = moment()
    ack_due_at: datetime = moment()
    next_at: datetime | None = moment(default=None, nullable=True)
    responder: str | None = Field(default=None, max_length=32)
    acked_at: datetime | None = moment(default=None, nullable=True)
    reasons: list[dict[str, Any]] | None = json_column(default=None, nullable=True)
    early_word_at: datetime | None = moment(default=None, nullable=True)
    by_entitled: bool = Field(default=True, sa_column_kwargs={"server_default": true()})

    @property
    def at(self) -> Position:
        return Position(self.round, self.step)

    @property
    def first_round(self) -> int:
        """The round at which its present ladder begins. People count rounds from there."""
        return int(self.ladder.get("first_round", 0))

    @property
    def why_asked(self) -> tuple[Reason, ...]:
        return of_run(self.reasons, self.requested_by, self.why)


class Page(Tenant, table=True):
    """One page to one person. `sent_at` is when Slack accepted it.

    `may_repeat`: the bot posted it again although Slack may have had it, so it may be there twice.
    """

    __table_args__ = (
        UniqueConstraint("run_id", "round", "step", "target"),
        Index("ix_page_target", "team_id", "target", "state"),
        Index("ix_page_incident", "incident_id"),
    )

    id: str = Field(primary_key=True, max_length=26)
    incident_id: str = Field(max_length=26)
    run_id: str = Field(max_length=26)
    round: int
    step: int
    target: str = Field(max_length=32)
    state: PageState = closed(PageState)
    created_at: datetime = moment()
    sent_at: datetime | None = moment(default=None, nullable=True)
    channel_id: str | None = Field(default=None, max_length=32)
    message_ts: str | None = Field(default=None, max_length=32)
    answered_at: datetime | None = moment(default=None, nullable=True)
    reason: str = ""
    may_repeat: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
