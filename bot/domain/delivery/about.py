"""The sorts of row that a delivery can be about."""

from enum import Enum, auto


class About(Enum):
    """The sort of row that a delivery's `subject` names."""

    PAGE = auto()
    RUN = auto()
    INCIDENT = auto()
    TASK = auto()
    REMINDER = auto()
    DIGEST = auto()
