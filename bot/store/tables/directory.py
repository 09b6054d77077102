"""The tables of workspaces, and of the people and groups that Slack has described."""

from datetime import datetime
from typing import TypedDict

from sqlmodel import Field, SQLModel

from bot.store.tables.base import Tenant, moment


class WorkspaceRow(SQLModel, table=True):
    """A workspace, and the number of its newest incident."""

    __tablename__ = "workspace"

    team_id: str = Field(primary_key=True, max_length=32)
    enterprise_id: str | None = Field(default=None, max_length=32)
    newest_number: int = 0


class Person(Tenant, table=True):
    """A member, as Slack last described them. Every request reads it here, so that an
    acknowledgement does not wait for a call to Slack.

    `zone` is the name from Slack, or empty; read it with `time_zone.zone_named`.
    """

    team_id: str = Field(primary_key=True, max_length=32)
    user_id: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=120)
    zone: str = Field(default="", max_length=64)
    outsider: bool = False
    gone: bool = False
    is_bot: bool = False
    dm_channel: str | None = Field(default=None, max_length=32)
    seen_at: datetime = moment()


class DescribedPerson(TypedDict):
    """The columns of a person that Slack describes, without those that we found out ourselves."""

    team_id: str
    enterprise_id: str | None
    user_id: str
    name: str
    zone: str
    outsider: bool
    gone: bool
    is_bot: bool
    seen_at: datetime


class GroupMember(Tenant, table=True):
    """A member of a Slack user group that the policy names."""

    __tablename__ = "group_member"

    team_id: str = Field(primary_key=True, max_length=32)
    group_id: str = Field(primary_key=True, max_length=32)
    user_id: str = Field(primary_key=True, max_length=32)


class DirectoryRead(Tenant, table=True):
    """A part of Slack's directory that has been read once: everyone, or a user group."""

    __tablename__ = "directory_read"

    team_id: str = Field(primary_key=True, max_length=32)
    part: str = Field(primary_key=True, max_length=32)
