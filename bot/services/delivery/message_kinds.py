"""What the engine knows of a kind of message: whoever knows the product gives it a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from bot.domain.act import Act, Workspace
from bot.domain.delivery.message_args import MessageArgs
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.delivery.content import Content, View
from bot.services.delivery.results import Accepted, At
from bot.store.database import Database
from bot.store.delivery.claims import Claimed
from bot.store.tables import Delivery
from bot.store.transaction import Transaction


class Lookups(Protocol):
    """One snapshot of what a batch of deliveries speaks of."""

    def posted(self, delivery_id: str) -> Delivery | None:
        """The delivery that posted what is to be edited."""

    def reader_in(self, workspace: Workspace, channel: str | None) -> str | None:
        """Whose direct messages a channel is."""


Rows = TypeVar("Rows", bound=Lookups)
Sent = tuple[Claimed, Accepted]
Follow = Callable[[Transaction, Act, Claimed, Accepted], None]
SentTogether = Callable[[Transaction, Sequence[Sent], At], None]
LookUp = Callable[[Rows, Policy, Claimed, datetime], Content[View]]
LookUpSlowly = Callable[[Database, Policy, Claimed, datetime], Content[View]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKind(Generic[Rows, View]):
    """One kind of message.

    `args`: what its rows hold. `look_up`: what it says when it is sent. `look_up_slowly` instead:
    it takes as long as hundreds of pages, so it reads for itself, and no other message waits behind
    it. Neither: it goes past Slack. `stands`: what it says once it is posted, for a message that is
    kept true. `news`: it tells that something has just happened; the others name their moments
    themselves.
    """

    args: type[MessageArgs] = MessageArgs
    look_up: LookUp[Rows, View] | None = None
    look_up_slowly: LookUpSlowly[View] | None = None
    stands: LookUp[Rows, View] | None = None
    news: bool = False
    posts: bool = True
    """It is posted or edited in a channel, which then rests for a second."""
    locks_incident: bool = False
    """What follows needs the escalation locked, before the lane as every service does."""
    sent: Follow | None = None
    """What follows when Slack has taken it, in the transaction that ends its claim."""
    sent_together: SentTogether | None = None
    """The same, once for all that Slack took at one time."""
    repeats: Callable[[Transaction, Claimed], None] | None = None
    """It is about to be posted again although Slack may have it."""


@dataclass(frozen=True, slots=True)
class MessageKinds(Generic[Rows]):
    """All kinds, and how the rows are gathered that a batch of deliveries speaks of."""

    rows: Mapping[DeliveryKind, MessageKind[Rows, Any]]
    lookups: Callable[[Transaction, Sequence[Claimed]], Rows]
    is_place_of: Callable[[Database, str, str], bool]
    """Whether an escalation lives in a channel now."""

    def is_slow(self, kind: DeliveryKind) -> bool:
        return self.rows[kind].look_up_slowly is not None
