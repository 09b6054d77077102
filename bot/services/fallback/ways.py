"""Turns a message that Slack does not accept into one delivery for each other way."""

from datetime import datetime

from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.fallback.ways import FallbackWay, OutsideArgs
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.store.delivery import outbox
from bot.store.delivery.claims import Claimed
from bot.store.delivery.outbox import Outgoing
from bot.store.fallback.unsent_pages import Unsent
from bot.store.incidents import incident_rows
from bot.store.transaction import Transaction


def send_other_ways(tx: Transaction, policy: Policy, claimed: Claimed, now: datetime) -> None:
    """Send it by the person's other ways at once: Slack will not deliver it."""
    incident = incident_rows.get(tx, claimed.incident_id) if claimed.incident_id else None
    if incident is None or claimed.target is None:
        return
    if incident.severity in policy.fallback.after and incident.ended_at is None:
        unsent = Unsent(
            claimed.id,
            claimed.kind,
            claimed.subject,
            incident.id,
            claimed.workspace,
            claimed.target,
        )
        outbox.enqueue(tx, claimed.workspace, now, by_other_ways(policy, unsent))


def by_other_ways(policy: Policy, unsent: Unsent) -> list[Outgoing]:
    """Return a delivery for each of the person's ways. Its key makes it one for all replicas."""
    return [_outgoing(unsent, way) for way in policy.fallback.ways.get(UserId(unsent.target), ())]


def _outgoing(unsent: Unsent, way: FallbackWay) -> Outgoing:
    notice = unsent.kind is DeliveryKind.EXHAUSTED
    # A page has one reader. A run has several, who are told each time its ladder ends.
    about = unsent.delivery if notice else unsent.subject
    return Outgoing(
        kind=DeliveryKind.EXHAUSTED_OUTSIDE if notice else DeliveryKind.FALLBACK,
        priority=Priority.FALLBACK,
        lane=lanes.of_fallback(unsent.target, way.key),
        subject=unsent.subject,
        incident_id=unsent.incident_id,
        dedup_key=f"fallback:{about}:{way.key}",
        target=unsent.target,
        args=OutsideArgs(way.key),
    )
