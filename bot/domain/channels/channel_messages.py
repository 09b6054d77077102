"""Arguments of the deliveries that set up and fill a channel, and the message about a lost one."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.delivery.message_args import MessageArgs
from bot.domain.incidents.views import Head


@dataclass(frozen=True, slots=True)
class ChannelCreateArgs(MessageArgs):
    """`was`: an archived channel. The bot uses it again if someone has restored it."""

    was: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelInviteArgs(MessageArgs):
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelRemoveArgs(MessageArgs):
    user: str = ""


@dataclass(frozen=True, slots=True)
class CardPostArgs(MessageArgs):
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeArgs(MessageArgs):
    """`seq`: the number of the timeline entry that the notice is about."""

    seq: int = 0


@dataclass(frozen=True, slots=True)
class ChannelLostArgs(MessageArgs):
    again_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class ChannelLost:
    """An open escalation lost its channel. The message goes to the people who answer for it.

    `again_at`: when the bot makes another channel. None: the escalation has a channel again, or has
    ended. `archived`: someone archived the channel; otherwise the bot cannot reach it.
    """

    head: Head
    again_at: datetime | None
    archived: bool = True
