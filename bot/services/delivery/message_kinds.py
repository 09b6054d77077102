"""The kinds of message, as the delivery engine sees them. The product passes in a row each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from bot.domain.act import Act, Workspace
from bot.domain.delivery.message_args import Args, MessageArgs
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.services.delivery.content import Content, View
from bot.services.delivery.results import Accepted, At, Refusal
from bot.store.database import Database
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.tables import Delivery
from bot.store.transaction import Transaction


class Lookups(Protocol):
    """One snapshot of the rows that a batch of deliveries is about."""

    def posted(self, delivery_id: str) -> Delivery | None:
        """Return the delivery that posted the message to be edited."""

    def reader_in(self, workspace: Workspace, channel: str | None) -> str | None:
        """Return the person whose direct messages this channel holds."""


Rows = TypeVar("Rows", bound=Lookups)
Sent = tuple[Claimed, Accepted]
Follow = Callable[[Transaction, Act, ClaimOf[Args], Accepted], None]
SentTogether = Callable[[Transaction, Sequence[Sent], At], None]
FollowRefusal = Callable[[Transaction, Policy, Act, ClaimOf[Args], Refusal], None]
LookUp = Callable[[Rows, Policy, ClaimOf[Args], datetime], Content[View]]
LookUpSlowly = Callable[[Database, Policy, ClaimOf[Args], datetime], Content[View]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKind(Generic[Rows, View, Args]):
    """One kind of message.

    `args`: the type of its rows' arguments. `look_up`: returns its content at send time.
    `look_up_slowly` replaces it for content that takes as long as hundreds of pages: it reads on
    its own, so no other message waits behind it. A kind with neither does not go through Slack.
    `stands`: returns the content of a posted message, for kinds that are kept true. `news`: it
    reports something that has just happened; other kinds state their times in their own words.
    """

    args: type[Args]
    look_up: LookUp[Rows, Args, View] | None = None
    look_up_slowly: LookUpSlowly[Args, View] | None = None
    stands: LookUp[Rows, Args, View] | None = None
    news: bool = False
    posts: bool = True
    """It posts or edits in a channel, and the channel then rests for a second."""
    limited_method: str | None = None
    """The method that it calls, if Slack limits that for the whole workspace at once."""
    aside: bool = False
    """Other messages in its channel may go ahead of it."""
    must_arrive: bool = False
    """It is retried until answered, and sent by other ways as soon as Slack refuses it."""
    tried_again: bool = True
    """It is retried for a day if its place is refused. False: something else follows at once, or
    it is not worth a wait."""
    locks_incident: bool = False
    """Its follow-up locks the escalation, before the lane as in every service."""
    sent: Follow[Args] | None = None
    """Called when Slack has accepted it, in the transaction that ends its claim."""
    sent_together: SentTogether | None = None
    """The same as `sent`, but called once for all that Slack accepted together."""
    repeats: Callable[[Transaction, Claimed], None] | None = None
    """Called before it is posted again although Slack may already have it."""
    rejected: FollowRefusal[Args] | None = None
    """Called when Slack will never accept it, in the transaction that ends its claim."""
    place_refused: FollowRefusal[Args] | None = None
    """Called when Slack refuses its place for now, and it will be tried again."""
    has_no_place: Callable[[Transaction, Claimed], bool] | None = None
    """Tells whether a refused place leaves it none, so that it is not tried again."""
    doubted: Callable[[Transaction, Policy, Act, Claimed], bool] | None = None
    """Called when its person counts as gone. If everyone who could hear of it instead counts as
    gone too, Slack may be wrong: it has them all asked again, and returns True."""


@dataclass(frozen=True, slots=True)
class MessageKinds(Generic[Rows]):
    """All kinds, and what the engine asks of the product whatever the kind is."""

    rows: Mapping[DeliveryKind, MessageKind[Rows, Any, Any]]
    lookups: Callable[[Transaction, Sequence[Claimed]], Rows]
    """Gathers the rows for a batch of deliveries."""
    is_place_of: Callable[[Database, str, str], bool]
    """Tells whether an escalation is in a channel now."""
    channel_lost: Callable[[Transaction, Policy, Act, str, str, str], None]
    """Called with an escalation, its channel and Slack's code if the channel is gone."""
    person_gone: Callable[[Transaction, Policy, Workspace, str, datetime], None]
    """Called when a person has left Slack."""
    send_other_ways: Callable[[Transaction, Policy, Claimed, datetime], None]
    """Called for a kind that must arrive, when Slack refuses it."""

    @property
    def args(self) -> Mapping[DeliveryKind, type[MessageArgs]]:
        """The type of each kind's arguments, for the claim."""
        return {kind: row.args for kind, row in self.rows.items()}

    def is_slow(self, kind: DeliveryKind) -> bool:
        return self.rows[kind].look_up_slowly is not None
