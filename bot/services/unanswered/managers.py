"""Tells the managers on duty that a whole ladder passed without an answer.

If no manager can be reached, it tells operations.
"""

from bot.domain.act import Act
from bot.domain.delivery.delivery_states import Priority
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.domain.paging.ladders import Ladder, RunState
from bot.policy import Policy
from bot.services.addressing import personal
from bot.services.locked import LockedIncident
from bot.store.delivery import outbox, posted
from bot.store.delivery.claims import Claimed
from bot.store.delivery.outbox import Outgoing
from bot.store.incidents import incident_rows
from bot.store.paging import pages
from bot.store.people import people_and_groups
from bot.store.transaction import Transaction


def tell_managers(locked: LockedIncident, policy: Policy, run_id: str, first_round: int) -> None:
    """Tell the managers on duty, or operations if no manager can be reached.

    If all of them count as gone, all are told: Slack may be wrong.
    """
    managers, operations = policy.managers_on_duty, policy.operations
    told = reachable(locked, managers) or reachable(locked, operations)
    told = told or tuple(dict.fromkeys((*managers, *operations)))
    locked.send(*(_message(locked, run_id, first_round, user) for user in told))


def not_taken(tx: Transaction, policy: Policy, act: Act, claimed: Claimed) -> None:
    """Tell operations if Slack refuses the alert to a manager and no other alert is left."""
    run = pages.run(tx, claimed.subject)
    incident = incident_rows.lock(tx, run.incident_id) if run else None
    if run is None or incident is None or run.state is not RunState.EXHAUSTED:
        return
    if posted.of_subjects(tx, [run.id], [DeliveryKind.EXHAUSTED]):
        return
    locked = LockedIncident(tx, act, incident)
    first_round = Ladder.from_json(run.ladder).first_round
    messages = [
        _message(locked, run.id, first_round, user) for user in reachable(locked, policy.operations)
    ]
    outbox.enqueue(tx, act.workspace, act.now, messages)


def tell_all(tx: Transaction, policy: Policy, act: Act, claimed: Claimed) -> None:
    """Tell operations too: everyone who could be told counts as gone, so Slack may be wrong."""
    run = pages.run(tx, claimed.subject)
    incident = incident_rows.lock(tx, run.incident_id) if run else None
    if run is None or incident is None or run.state is not RunState.EXHAUSTED:
        return
    locked = LockedIncident(tx, act, incident)
    first_round = Ladder.from_json(run.ladder).first_round
    told = [_message(locked, run.id, first_round, user) for user in policy.operations]
    outbox.enqueue(tx, act.workspace, act.now, told)


def reachable(locked: LockedIncident, users: tuple[UserId, ...]) -> tuple[UserId, ...]:
    """Return those of these people who do not count as gone."""
    gone = people_and_groups.gone(locked.tx, locked.act.workspace, users)
    return tuple(user for user in users if user not in gone)


def _message(locked: LockedIncident, run_id: str, first_round: int, user: UserId) -> Outgoing:
    # A rise in severity moves a run to another ladder, which may end too.
    key = f"exhausted:{run_id}:{first_round}:{user}"
    return personal(
        DeliveryKind.EXHAUSTED, user, run_id, key, incident_id=locked.id, priority=Priority.PAGE
    )
