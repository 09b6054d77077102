"""Follow-ups to an alert to managers that Slack has accepted."""

from bot.domain.act import Act
from bot.services.delivery.results import Accepted
from bot.services.unanswered import managers_told
from bot.store.delivery.claims import Claimed
from bot.store.transaction import Transaction


def exhausted_sent(tx: Transaction, act: Act, claimed: Claimed, _accepted: Accepted) -> None:
    managers_told.heard(tx, act, claimed)
