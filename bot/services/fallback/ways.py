"""Turns a message that Slack does not accept into one delivery for each other way."""

from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.fallback.ways import FallbackWay, OutsideArgs
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.store.delivery.outbox import Outgoing
from bot.store.fallback.unsent_pages import Unsent


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
