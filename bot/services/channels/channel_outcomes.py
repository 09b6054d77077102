"""Follow-ups to Slack changing an escalation's channel or accepting its card."""

from bot.domain.act import Act
from bot.services.access import invitations
from bot.services.channels import channel
from bot.services.delivery.results import Accepted
from bot.store.delivery.claims import Claimed
from bot.store.transaction import Transaction


def room_create_sent(tx: Transaction, act: Act, claimed: Claimed, accepted: Accepted) -> None:
    if accepted.channel:
        name, private = accepted.name or "", accepted.private
        channel.channel_made(tx, act, claimed.subject, accepted.channel, name, private=private)


def room_invite_sent(tx: Transaction, act: Act, claimed: Claimed, accepted: Accepted) -> None:
    if accepted.left_out:
        invitations.some_left_out(tx, act, claimed, accepted.left_out)


def card_post_sent(tx: Transaction, act: Act, claimed: Claimed, accepted: Accepted) -> None:
    if accepted.channel and accepted.ts:
        where = accepted.channel, accepted.ts
        channel.card_posted(tx, act, claimed.subject, *where, found=claimed.uncertain)
