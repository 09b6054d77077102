"""Requests for access and invitations, as frozen values."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.act import Role
from bot.domain.delivery.message_args import ALWAYS, MessageArgs
from bot.domain.followups.reminder_messages import Outcome
from bot.domain.ids import RequestId, UserId
from bot.domain.incidents.views import Head


@dataclass(frozen=True, slots=True)
class AccessRequestArgs(MessageArgs):
    """`passed`: the people who were asked before."""

    request: str = ""
    asker: str = ""
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessAnswerArgs(MessageArgs):
    request: str = ""
    granted: bool = False
    by: str | None = field(default=None, metadata=ALWAYS)


@dataclass(frozen=True, slots=True)
class UninvitedArgs(MessageArgs):
    person: str = ""
    channel: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class InvitationEndedArgs(MessageArgs):
    person: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class AccessRequestMessage:
    """A message to a person who may grant access.

    `outcome`, `by` and `at`: the answer, and where known, who gave it and when.
    `by_hand`: there was no request; `added_by` brought this person into the channel.
    `role`: the rights that the person has once they have access.
    """

    id: RequestId
    head: Head
    asker: UserId
    by_hand: bool = False
    added_by: UserId | None = None
    role: Role | None = None
    outcome: Outcome | None = None
    by: UserId | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """The answer to the person who asked. `by` is None where no one was left to decide.

    `because`: what the person who refused wants them to know.
    `by_hand`: they did not ask; someone brought them into the channel, and they may stay.
    `again_at`: the time from which they may ask again.
    """

    head: Head
    granted: bool
    by: UserId | None
    because: str = ""
    by_hand: bool = False
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Uninvited:
    """Slack refused to let a person into an escalation's channel.

    One message goes to that person, with `person` None. Another goes to the person who answers for
    the escalation, and names `person`.
    """

    reference: str
    channel: str
    error: str
    person: UserId | None


@dataclass(frozen=True, slots=True)
class InvitationEnded:
    """A person is no longer a full member. The message goes to people who may let others in.

    `owns`: the person still owns the escalation.
    `alone`: no one who may let others in is left, so the message goes to the managers on duty.
    """

    reference: str
    person: UserId
    owns: bool = False
    alone: bool = False
