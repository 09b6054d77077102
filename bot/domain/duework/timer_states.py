"""The states of due work."""

from enum import StrEnum


class TimerState(StrEnum):
    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"
