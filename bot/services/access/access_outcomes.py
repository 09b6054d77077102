"""Follow-ups to a request for access that Slack does not deliver."""

from bot.domain.access.access_messages import AccessRequestArgs
from bot.domain.act import Act
from bot.policy import Policy
from bot.services.access import requests
from bot.services.delivery.results import Refusal
from bot.store.delivery.claims import ClaimOf
from bot.store.transaction import Transaction


def access_request_rejected(
    tx: Transaction,
    policy: Policy,
    act: Act,
    claimed: ClaimOf[AccessRequestArgs],
    _refusal: Refusal,
) -> None:
    requests.request_not_taken(tx, policy, act, claimed)
