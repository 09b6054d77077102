"""What Slack does not take goes out by every other way of its person."""

from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.fallback.ways import FallbackWay, OutsideArgs
from bot.domain.ids import UserId
from bot.domain.kinds import DeliveryKind
from bot.policy import Policy
from bot.store.delivery.outbox import Outgoing
from bot.store.fallback.unsent_pages import Unsent


def by_other_ways(policy: Policy, unsent: Unsent) -> list[Outgoing]:
    """Return one delivery for each way, and one for ever, whichever replica is first to see it."""
    return [_outgoing(unsent, way) for way in policy.fallback.ways.get(UserId(unsent.target), ())]


def _outgoing(unsent: Unsent, way: FallbackWay) -> Outgoing:
    notice = unsent.kind is DeliveryKind.EXHAUSTED
    # A page is one person's; a run has several who are told, each time that it comes to its end.
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
