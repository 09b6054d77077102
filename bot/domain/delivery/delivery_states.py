"""The states and priorities of a delivery."""

from enum import IntEnum, StrEnum


class DeliveryState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """The order of deliveries that are due together: the lowest goes first.

    FALLBACK has its own lanes and its own loop.
    """

    FALLBACK = -1
    PAGE = 0
    NOTICE = 1
    CARD = 2
    REMINDER = 3
    DIGEST = 4
