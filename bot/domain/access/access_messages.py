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
    """`passed`: who was asked before."""

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
    """To who may give access. Once it is answered: how, and where we know, by whom and when.

    `by_hand`: nobody asked, somebody (`added_by`) brought this person into the channel. `role`:
    with access they have its rights.
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
    """To whoever asked; `by` is None where nobody was left to be asked.

    `because` is what the one who refused wants them to know. `by_hand`: they did not ask, they were
    brought into the channel and may stay. `again_at`: from then on they may ask again.
    """

    head: Head
    granted: bool
    by: UserId | None
    because: str = ""
    by_hand: bool = False
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Uninvited:
    """Slack refused to let somebody into the channel of an escalation.

    To who answers for it, about `person`; to themselves where that is None.
    """

    reference: str
    channel: str
    error: str
    person: UserId | None


@dataclass(frozen=True, slots=True)
class InvitationEnded:
    """A person is no full member any more; to who may let others in. `owns`: they own it still.

    `alone`: no one who may let others in is left, so it goes to the managers on duty.
    """

    reference: str
    person: UserId
    owns: bool = False
    alone: bool = False
