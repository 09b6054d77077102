"""What a delivery is about."""

from enum import Enum, auto


class About(Enum):
    """What a delivery's `subject` names."""

    PAGE = auto()
    RUN = auto()
    INCIDENT = auto()
    TASK = auto()
    REMINDER = auto()
    DIGEST = auto()
