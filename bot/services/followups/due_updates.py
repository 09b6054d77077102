"""Due work: ask one of the people who answer for the incident for an update."""

from datetime import datetime, timedelta

from bot.domain.followups.cadence import is_late
from bot.domain.followups.reminder_messages import UpdateReminderArgs
from bot.domain.followups.update_requests import whom_to_ask
from bot.domain.incidents.lifecycle import OPEN
from bot.domain.incidents.timeline import EntryKind
from bot.domain.kinds import DeliveryKind, TimerKind
from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.access.readers import askable, readers
from bot.services.locked import LockedIncident
from bot.services.staleness import keep_true_of
from bot.store.access import participants
from bot.store.duework import timers
from bot.store.duework.timers import DueWork, NewTimer
from bot.store.incidents import timeline
from bot.store.people import people_and_groups
from bot.store.tables import Incident
from bot.store.transaction import Transaction

AN_UPDATE = frozenset(
    {EntryKind.UPDATE, EntryKind.STATE, EntryKind.SEVERITY, EntryKind.RESOLVED, EntryKind.REOPENED}
)
"""Entries that restart the time to the next update."""


def last_update(tx: Transaction, incident: Incident) -> datetime:
    """Return the time of the last update, or of the opening. A snooze is not an update."""
    entries = timeline.timeline(tx, incident.id)
    told = (entry.at for entry in entries if entry.kind in AN_UPDATE)
    return max(told, default=incident.opened_at)


def update_due(locked: LockedIncident, policy: Policy, work: DueWork) -> None:
    """Ask one of the people who answer for the incident for an overdue update.

    Only a person who may read it is asked. If there is none, the next time is planned all the same.
    """
    incident, now = locked.incident, locked.act.now
    if incident.state not in OPEN:
        return
    since = last_update(locked.tx, incident)
    user = _asked_for_update(locked, policy, since)
    if user is not None:
        due = incident.update_due_at or work.due_at
        keep_true_of(locked, Change.AGAIN, locked.id)
        locked.tell(
            DeliveryKind.UPDATE_REMINDER,
            user,
            locked.id,
            f"update-due:{locked.id}:{work.occurrence}:{user}",
            merge_key=f"update-due:{locked.id}:{user}",
            args=UpdateReminderArgs(since, due, late=is_late(work.due_at, now)),
        )
    again = now + timedelta(seconds=incident.update_every)
    locked.plan(NewTimer(TimerKind.UPDATE_DUE, locked.id, again.isoformat(), again, locked.id))
    locked.card_changed()


def _asked_for_update(locked: LockedIncident, policy: Policy, since: datetime) -> str | None:
    invited = participants.participants(locked.tx, locked.id)
    people_in_charge = askable(locked.tx, policy, locked.incident, invited)
    gone = people_and_groups.gone(locked.tx, locked.act.workspace, people_in_charge.everyone)
    may_read = readers(locked.incident, invited, gone.__contains__)
    # The count includes this timer, which this transaction has already ended.
    turn = timers.count_done(locked.tx, TimerKind.UPDATE_DUE, locked.id, since) - 1
    return whom_to_ask(people_in_charge, may_read, turn)
