"""Follow-ups to an alert to managers that Slack has accepted or refused."""

from bot.domain.act import Act
from bot.policy import Policy
from bot.services.delivery.results import Accepted, Refusal
from bot.services.people import doubted_departures
from bot.services.unanswered import managers, managers_told
from bot.store.delivery.claims import Claimed
from bot.store.transaction import Transaction


def exhausted_sent(tx: Transaction, act: Act, claimed: Claimed, _accepted: Accepted) -> None:
    managers_told.heard(tx, act, claimed)


def exhausted_doubted(tx: Transaction, policy: Policy, act: Act, claimed: Claimed) -> bool:
    return doubted_departures.ask_managers_again(tx, policy, act, claimed)


def exhausted_rejected(
    tx: Transaction, policy: Policy, act: Act, claimed: Claimed, _refusal: Refusal
) -> None:
    managers.not_taken(tx, policy, act, claimed)
    managers_told.changed(tx, act, claimed.subject)
