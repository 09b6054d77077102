"""Follow-ups to Slack's answers about an escalation's channel and its card."""

from bot.domain.act import Act
from bot.domain.channels.channel_messages import ChannelInviteArgs, ChannelRemoveArgs
from bot.policy import Policy
from bot.services.access import invitations, manual_joins
from bot.services.channels import channel
from bot.services.delivery.results import Accepted, Refusal
from bot.store.delivery.claims import Claimed, ClaimOf
from bot.store.incidents import incident_rows
from bot.store.tables.states import ChannelState
from bot.store.transaction import Transaction

_CARD_IS_LOST = frozenset({"message_not_found", "cant_update_message"})


def channel_create_sent(tx: Transaction, act: Act, claimed: Claimed, accepted: Accepted) -> None:
    if accepted.channel:
        name, private = accepted.name or "", accepted.private
        channel.channel_made(tx, act, claimed.subject, accepted.channel, name, private=private)


def channel_create_rejected(
    tx: Transaction, policy: Policy, act: Act, claimed: Claimed, refusal: Refusal
) -> None:
    channel.channel_failed(tx, policy, act, claimed.subject, refusal.code)


def channel_invite_sent(tx: Transaction, act: Act, claimed: Claimed, accepted: Accepted) -> None:
    if accepted.left_out:
        invitations.some_left_out(tx, act, claimed, accepted.left_out)


def channel_invite_place_refused(
    tx: Transaction,
    _policy: Policy,
    act: Act,
    claimed: ClaimOf[ChannelInviteArgs],
    refusal: Refusal,
) -> None:
    invitations.not_taken(tx, act, claimed, refusal.people, refusal.code)


def channel_remove_rejected(
    tx: Transaction,
    _policy: Policy,
    act: Act,
    claimed: ClaimOf[ChannelRemoveArgs],
    refusal: Refusal,
) -> None:
    if not refusal.channel_is_gone:
        manual_joins.not_removed(tx, act, claimed, refusal.code)


def card_post_sent(tx: Transaction, act: Act, claimed: Claimed, accepted: Accepted) -> None:
    if accepted.channel and accepted.ts:
        where = accepted.channel, accepted.ts
        channel.card_posted(tx, act, claimed.subject, *where, found=claimed.uncertain)


def card_post_has_no_place(tx: Transaction, claimed: Claimed) -> bool:
    """Tell whether the card is a thread's root: if that channel refuses it, it has no place."""
    incident = incident_rows.get(tx, claimed.subject)
    return incident is not None and incident.room is ChannelState.THREAD


def card_post_rejected(
    tx: Transaction, _policy: Policy, act: Act, claimed: Claimed, refusal: Refusal
) -> None:
    if refusal.place.channel and not refusal.channel_is_gone:
        channel.card_refused(tx, act, claimed.subject, refusal.place.channel, refusal.code)


def card_update_rejected(
    tx: Transaction, _policy: Policy, act: Act, claimed: Claimed, refusal: Refusal
) -> None:
    place = refusal.place
    if place.channel and place.ts and refusal.code in _CARD_IS_LOST:
        channel.card_lost(tx, act, claimed.subject, place.channel, place.ts)
