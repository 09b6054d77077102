"""Finds which people in charge heard that a ladder passed, and has the notices of it edited."""

from bot.domain.act import Act
from bot.domain.delivery.delivery_states import DeliveryState
from bot.domain.ids import UserId
from bot.domain.incidents.views import InCharge
from bot.domain.kinds import DeliveryKind
from bot.domain.staleness import Change
from bot.services.staleness import edits, newest_told
from bot.store.delivery import outbox
from bot.store.delivery.claims import Claimed
from bot.store.fallback import unsent_pages
from bot.store.paging import pages
from bot.store.transaction import Transaction


def in_charge(tx: Transaction, run_id: str) -> InCharge:
    """Return the people who have heard of a run's end, in Slack or past it, and those who have not.

    A run may come to its end again: the last time counts.
    """
    heard: dict[UserId, bool] = {}
    for row in unsent_pages.notices_of(tx, run_id):
        user = UserId(row.target or "")
        if row.state is DeliveryState.SENT:
            heard[user] = True
        elif row.kind is DeliveryKind.EXHAUSTED and row.state is not DeliveryState.CANCELLED:
            heard[user] = False
    return InCharge(
        told=tuple(user for user, has in heard.items() if has),
        untold=tuple(user for user, has in heard.items() if not has),
    )


def heard(tx: Transaction, act: Act, claimed: Claimed) -> None:
    """Edit the reader's earlier alerts to point to this one, and the notices of who was told."""
    outbox.enqueue(tx, act.workspace, act.now, newest_told(tx, act, claimed))
    changed(tx, act, claimed.subject)


def changed(tx: Transaction, act: Act, run_id: str) -> None:
    """Edit what says who was told: a person has heard of it, or others are told instead."""
    run = pages.run(tx, run_id)
    if run is not None:
        wanted = edits(tx, act, Change.TOLD, [run.incident_id])
        outbox.enqueue(tx, act.workspace, act.now, wanted)
