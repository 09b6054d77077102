"""Due work: send reminders."""

from collections.abc import Sequence

from bot.domain.act import Act
from bot.domain.kinds import DeliveryKind
from bot.domain.staleness import Change
from bot.services.addressing import personal
from bot.services.staleness import edits
from bot.store.delivery import outbox
from bot.store.duework.timers import DueWork
from bot.store.followups import tasks_and_reminders
from bot.store.transaction import Transaction


def reminder(tx: Transaction, act: Act, works: Sequence[DueWork]) -> None:
    """Send the reminders that still wait; one that was ended or snoozed meanwhile stays silent."""
    spoken = tasks_and_reminders.speak(tx, [work.subject for work in works])
    messages = []
    for work in works:
        row = spoken.pop(work.subject, None)
        if row is not None:
            key = f"reminder:{row.id}:{work.occurrence}"
            messages.append(
                personal(
                    DeliveryKind.REMINDER,
                    row.owner,
                    row.id,
                    key,
                    incident_id=row.incident_id,
                )
            )
    messages += edits(tx, act, Change.AGAIN, [work.subject for work in works])
    outbox.enqueue(tx, act.workspace, act.now, messages)
