"""The message about a channel that was lost."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.views import Head


@dataclass(frozen=True, slots=True)
class RoomLost:
    """An open escalation lost its channel; to those who answer for it.

    `again_at`: when another is made. None: it is not without a channel any more, or it has ended.
    `archived`: somebody archived it; otherwise it is out of reach.
    """

    head: Head
    again_at: datetime | None
    archived: bool = True
