"""Free reminders that still wait. Their owner can see, change and cancel them."""

from datetime import datetime

from bot.domain.access.rights import Deed, may, require
from bot.domain.access.visibility import Place
from bot.domain.act import Act
from bot.domain.errors import AlreadyReminded, NothingToDo, ReminderChanged
from bot.domain.followups.reminder_list import ReminderLine, Reminders
from bot.domain.incidents.views import Head
from bot.domain.kinds import TimerKind
from bot.domain.staleness import Change
from bot.services import views
from bot.services.access import owned_ids
from bot.services.followups.tasks import LONGEST_TASK, tell_again
from bot.services.stored_text import checked_text
from bot.store.access import participants
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer
from bot.store.followups import tasks_and_reminders
from bot.store.incidents import incident_rows
from bot.store.tables import Reminder
from bot.store.tables.states import ReminderState
from bot.store.transaction import Transaction

MOST_LISTED = 15


def reminders(db: Database, act: Act) -> Reminders:
    """Return a person's waiting reminders, by due time. A person who set one in an escalation that
    they belong to sees it, whatever their role."""
    require(act, Deed.READ)
    with db.reading() as tx:
        rows, total = waiting(tx, act, MOST_LISTED)
        shown = lines(tx, act, rows, Place.PERSONAL)
        return Reminders(shown, total, may_set=may(act.role, Deed.REMIND))


def waiting(tx: Transaction, act: Act, limit: int) -> tuple[list[Reminder], int]:
    """Return a person's first few waiting reminders, and the number of all of them."""
    return tasks_and_reminders.waiting_reminders(tx, act.workspace, act.user, limit)


def lines(
    tx: Transaction, act: Act, rows: list[Reminder], place: Place
) -> tuple[ReminderLine, ...]:
    """Return reminders as their owner may see them: the text only if they may read the incident."""
    about = incident_rows.get_many(tx, {row.incident_id for row in rows if row.incident_id})
    invited = participants.invited_to(tx, act.user, list(about))
    heads: dict[str, Head] = {
        incident.id: views.head_of(
            incident, act, invited=[act.user] if incident.id in invited else [], place=place
        )
        for incident in about.values()
    }
    return tuple(_line(row, heads.get(row.incident_id or "")) for row in rows)


def _line(row: Reminder, head: Head | None) -> ReminderLine:
    shown = row.incident_id is None or (head is not None and head.full)
    return ReminderLine(row.id, row.due_at, row.text if shown else None, head, row.times)


def reminder(db: Database, act: Act, reminder_id: str) -> ReminderLine:
    """Return a reminder that still waits, for a form that changes it."""
    with db.reading() as tx:
        row = owned_ids.reminder(tx, act, reminder_id)
        if row.state is not ReminderState.WAITING:
            raise _over(row)
        [line] = lines(tx, act, [row], Place.PERSONAL)
        return line


def shown(db: Database, act: Act, reminder_id: str) -> ReminderLine:
    """Return a reminder as its owner may see it, in whatever state it is."""
    with db.reading() as tx:
        [line] = lines(tx, act, [owned_ids.reminder(tx, act, reminder_id)], Place.PERSONAL)
        return line


def cancel(db: Database, act: Act, reminder_id: str, times: int | None = None) -> ReminderLine:
    """Cancel a reminder before it is sent; return what was cancelled.

    Raises ReminderChanged if it was set to another time since the owner saw it; they saw `times`.
    """
    with db.transaction(act) as tx:
        row = owned_ids.reminder(tx, act, reminder_id)
        if row.state is ReminderState.WAITING and times not in (None, row.times):
            raise ReminderChanged(row.due_at)
        if not tasks_and_reminders.cancel_reminder(tx, row):
            raise _over(owned_ids.reminder(tx, act, row.id))
        _follow(tx, act, row.id)
        [line] = lines(tx, act, [row], Place.PERSONAL)
        return line


def change(
    db: Database, act: Act, reminder_id: str, *, due_at: datetime, text: str | None
) -> ReminderLine:
    """Give a waiting reminder another time, and other words unless `text` is None."""
    if text is not None:
        text = checked_text("text", text, longest=LONGEST_TASK, of="reminder")
    with db.transaction(act) as tx:
        row = owned_ids.reminder(tx, act, reminder_id)
        words = row.text if text is None else text
        changed = tasks_and_reminders.set_reminder(tx, row, due_at, words)
        # The row decides a race with the timer: the reminder is either sent or changed.
        if changed is None:
            raise _over(owned_ids.reminder(tx, act, row.id))
        _follow(tx, act, row.id)
        timer = NewTimer(TimerKind.REMINDER, reminder_id, str(row.times + 1), due_at, None)
        timers.plan(tx, act.workspace, act.now, [timer])
        [line] = lines(tx, act, [changed], Place.PERSONAL)
        return line


def _follow(tx: Transaction, act: Act, reminder_id: str) -> None:
    timers.cancel(tx, TimerKind.REMINDER, reminder_id)
    tell_again(tx, act, Change.REMINDER, reminder_id)


def _over(row: Reminder) -> Exception:
    if row.state is ReminderState.WAITING:
        return ReminderChanged(row.due_at)
    if row.state is ReminderState.SPOKEN:
        return AlreadyReminded(row.due_at)
    return NothingToDo("reminder", "done" if row.state is ReminderState.DONE else "cancelled")
