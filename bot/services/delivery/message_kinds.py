"""What the engine knows of a kind of message: whoever knows the product gives it a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from bot.domain.act import Workspace
from bot.domain.delivery.message_args import MessageArgs
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.delivery.content import Content, View
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


@dataclass(frozen=True, slots=True)
class MessageKinds(Generic[Rows]):
    """All kinds, and how the rows are gathered that a batch of deliveries speaks of."""

    rows: Mapping[DeliveryKind, MessageKind[Rows, Any]]
    lookups: Callable[[Transaction, Sequence[Claimed]], Rows]

    def is_slow(self, kind: DeliveryKind) -> bool:
        return self.rows[kind].look_up_slowly is not None
