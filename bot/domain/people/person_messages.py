"""Messages to one person, as frozen values."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.delivery.message_args import ALWAYS, MessageArgs
from bot.domain.followups.reminder_messages import Outcome
from bot.domain.ids import UserId
from bot.domain.incidents.views import Head


@dataclass(frozen=True, slots=True)
class AssignedArgs(MessageArgs):
    by: str = ""


@dataclass(frozen=True, slots=True)
class UneditedArgs(MessageArgs):
    """`about`: the incident's reference."""

    about: str = ""
    posted_at: datetime | None = None
    error: str = ""
    person: str | None = field(default=None, metadata=ALWAYS)
    channel: str | None = field(default=None, metadata=ALWAYS)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A message to a person whom `by` made the owner."""

    head: Head
    by: UserId
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Unedited:
    """Slack refused to edit a message that shows the words of a tightened incident.

    This goes to the person who tightened the tier. The unedited message is with a `person` or in a
    `channel`.
    """

    reference: str
    posted_at: datetime
    error: str
    person: UserId | None = None
    channel: str | None = None
