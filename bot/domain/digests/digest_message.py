"""The weekly digest as a message."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.delivery.message_args import ALWAYS, MessageArgs
from bot.domain.digests.figures import DigestFigures


@dataclass(frozen=True, slots=True)
class DigestArgs(MessageArgs):
    """The arguments for one period of a schedule."""

    schedule: str = ""
    start: datetime | None = None
    end: datetime | None = None
    late_since: datetime | None = field(default=None, metadata=ALWAYS)
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class DigestView:
    """One digest. Its titles are already limited to what a broadcast may show."""

    name: str
    figures: DigestFigures
    late_since: datetime | None = None
