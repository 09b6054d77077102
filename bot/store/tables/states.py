"""Closed sets that only rows have."""

from enum import StrEnum


class ChannelState(StrEnum):
    """Where an incident lives: its channel, or a thread until the channel can be made."""

    WANTED = "wanted"
    CHANNEL = "channel"
    THREAD = "thread"
    ARCHIVED = "archived"


ROOMLESS = (ChannelState.WANTED, ChannelState.THREAD)
"""No channel has been made for it, or another one is wanted."""


OWN_CHANNEL = (ChannelState.CHANNEL, ChannelState.ARCHIVED)
"""It has a channel of its own, to be written to or not."""


class TaskKind(StrEnum):
    TASK = "task"
    FOLLOW_UP = "follow-up"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class RequestState(StrEnum):
    """A request for access. It lapsed where nobody could answer it, or its person left."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class ReminderState(StrEnum):
    WAITING = "waiting"
    SPOKEN = "spoken"
    DONE = "done"
    STOPPED = "stopped"
