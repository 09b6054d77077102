"""The states of a delivery, and what goes first."""

from enum import IntEnum, StrEnum


class DeliveryState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Within one moment, what goes first. FALLBACK has lanes and a loop of its own."""

    FALLBACK = -1
    PAGE = 0
    NOTICE = 1
    CARD = 2
    REMINDER = 3
    DIGEST = 4
