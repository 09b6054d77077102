"""Messages on their way to one person, and the names by which each is sent once."""

from datetime import datetime

from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.delivery.message_args import NO_ARGS, MessageArgs
from bot.domain.kinds import DeliveryKind
from bot.store.delivery.outbox import Outgoing


def notice_key(incident_id: str, seq: int) -> str:
    """The key of the notice that says a timeline entry aloud."""
    return f"notice:{incident_id}:{seq}"


def personal(
    kind: DeliveryKind,
    user: str,
    subject: str,
    key: str,
    *,
    incident_id: str | None = None,
    priority: Priority = Priority.REMINDER,
    merge_key: str | None = None,
    due_at: datetime | None = None,
    args: MessageArgs = NO_ARGS,
) -> Outgoing:
    """Build a direct message to one person.

    With a `merge_key` it gives way to one that waits already: while Slack is away, a reminder that
    repeats itself waits once. `due_at`: it has been wanted since then.
    """
    return Outgoing(
        kind=kind,
        priority=priority,
        lane=lanes.of_person(user),
        subject=subject,
        incident_id=incident_id,
        dedup_key=key[:160],
        merge_key=merge_key,
        target=user,
        args=args,
        due_at=due_at,
    )
