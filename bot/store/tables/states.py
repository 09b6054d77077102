"""Closed sets of values in the tables' columns."""

from enum import StrEnum


class ChannelState(StrEnum):
    """An incident's place: its channel, or a thread until the channel can be made."""

    WANTED = "wanted"
    CHANNEL = "channel"
    THREAD = "thread"
    ARCHIVED = "archived"


ROOMLESS = (ChannelState.WANTED, ChannelState.THREAD)
"""The incident has no channel yet, or wants another one."""


OWN_CHANNEL = (ChannelState.CHANNEL, ChannelState.ARCHIVED)
"""The incident has its own channel, open or archived."""


class TaskKind(StrEnum):
    TASK = "task"
    FOLLOW_UP = "follow-up"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class RequestState(StrEnum):
    """A request for access. It lapses if no one can answer it, or if its person leaves."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class ReminderState(StrEnum):
    WAITING = "waiting"
    SPOKEN = "spoken"
    DONE = "done"
    STOPPED = "stopped"
