"""A person puts off the request for an update, or stops it."""

from datetime import timedelta

from bot.domain.access.rights import Deed
from bot.domain.act import Act
from bot.domain.kinds import TimerKind
from bot.domain.staleness import Change
from bot.services.locked import lock_incident
from bot.services.staleness import keep_true
from bot.store.database import Database
from bot.store.duework import timers
from bot.store.duework.timers import NewTimer


def snooze_update(db: Database, act: Act, incident_id: str, wait: timedelta) -> str:
    """Put off the request for an update; it stays silent until then."""
    with db.transaction(act) as tx, lock_incident(tx, act, incident_id, Deed.UPDATE) as locked:
        timers.cancel(tx, TimerKind.UPDATE_DUE, locked.id)
        due = act.now + wait
        locked.plan(NewTimer(TimerKind.UPDATE_DUE, locked.id, due.isoformat(), due, locked.id))
        locked.set_update_due(due)
        keep_true(locked, Change.UPDATED)
        locked.card_changed()
        return locked.reference


def stop_updates(db: Database, act: Act, incident_id: str) -> str:
    """Stop requests for updates until a person posts one."""
    with db.transaction(act) as tx, lock_incident(tx, act, incident_id, Deed.UPDATE) as locked:
        timers.cancel(tx, TimerKind.UPDATE_DUE, locked.id)
        locked.set_update_due(None)
        keep_true(locked, Change.UPDATED)
        locked.card_changed()
        return locked.reference
