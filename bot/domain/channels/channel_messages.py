"""What is done to a channel and said in it: arguments, and the message about one that was lost."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.delivery.message_args import MessageArgs
from bot.domain.incidents.views import Head


@dataclass(frozen=True, slots=True)
class RoomCreateArgs(MessageArgs):
    """`was`: a channel that was archived."""

    was: str | None = None


@dataclass(frozen=True, slots=True)
class RoomInviteArgs(MessageArgs):
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomRemoveArgs(MessageArgs):
    user: str = ""


@dataclass(frozen=True, slots=True)
class CardPostArgs(MessageArgs):
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeArgs(MessageArgs):
    """`seq`: the timeline entry that it says."""

    seq: int = 0


@dataclass(frozen=True, slots=True)
class RoomLostArgs(MessageArgs):
    again_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class RoomLost:
    """An open escalation lost its channel; to those who answer for it.

    `again_at`: when another is made. None: it is not without a channel any more, or it has ended.
    `archived`: somebody archived it; otherwise it is out of reach.
    """

    head: Head
    again_at: datetime | None
    archived: bool = True
