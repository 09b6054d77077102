"""Builds direct messages, and the keys that make sure each is sent once."""

from datetime import datetime

from bot.domain.delivery import lanes
from bot.domain.delivery.delivery_states import Priority
from bot.domain.delivery.message_args import NO_ARGS, MessageArgs
from bot.domain.kinds import DeliveryKind
from bot.store.delivery.outbox import Outgoing


def notice_key(incident_id: str, seq: int) -> str:
    """Return the key of the notice that posts a timeline entry."""
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

    With a `merge_key`, this message is dropped if an earlier one with the key still waits, so a
    repeated reminder waits only once while Slack is away. `due_at`: it has been due since then.
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
