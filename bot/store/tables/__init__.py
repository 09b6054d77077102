"""The schema. Every table carries the workspace; every time is UTC and aware."""

from sqlalchemy.orm import configure_mappers

from bot.store.tables.directory import DirectoryRead, GroupMember, Person, WorkspaceRow
from bot.store.tables.incidents import (
    AccessRequest,
    Decision,
    Incident,
    Participant,
    Task,
    TimelineEntry,
)
from bot.store.tables.paging import Page, PagingRun
from bot.store.tables.work import (
    Delivery,
    DigestRun,
    Inbound,
    Lane,
    Limit,
    Reminder,
    Timer,
)

# We make objects from rows ourselves, which does not make SQLAlchemy complete its classes.
configure_mappers()

__all__ = [
    "AccessRequest",
    "Decision",
    "Delivery",
    "DigestRun",
    "DirectoryRead",
    "GroupMember",
    "Inbound",
    "Incident",
    "Lane",
    "Limit",
    "Page",
    "PagingRun",
    "Participant",
    "Person",
    "Reminder",
    "Task",
    "TimelineEntry",
    "Timer",
    "WorkspaceRow",
]
