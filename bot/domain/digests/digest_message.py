"""The weekly digest as it is sent."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.digests.figures import DigestFigures


@dataclass(frozen=True, slots=True)
class DigestView:
    """One digest as it is sent: titles in it are already what a broadcast may show."""

    name: str
    figures: DigestFigures
    late_since: datetime | None = None
