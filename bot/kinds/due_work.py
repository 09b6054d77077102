"""All kinds of due work, and the function that handles each when it becomes due."""

from collections.abc import Callable
from functools import partial

from bot.domain.act import Act
from bot.domain.kinds import TimerKind
from bot.policy import Policy
from bot.services.channels import due_repairs
from bot.services.digests import digest
from bot.services.duework.firing import DoneAlone, DoneTogether, DueWorkKinds
from bot.services.duework.ticking import Ticking
from bot.services.followups import due_reminders, due_tasks, due_updates
from bot.services.locked import LockedIncident
from bot.services.paging import due_steps
from bot.services.unanswered import long_limits
from bot.store.duework.timers import DueWork
from bot.store.incidents import incident_rows
from bot.store.tables import Incident, Reminder
from bot.store.transaction import Transaction

Step = Callable[[LockedIncident, Policy, DueWork], None]


def _of_an_incident(do: Step) -> DoneAlone:
    return DoneAlone(incident_rows.lock, partial(_do, do))


def _do(
    do: Step, tx: Transaction, act: Act, incident: Incident, policy: Policy, work: DueWork
) -> None:
    locked = LockedIncident(tx, act, incident)
    do(locked, policy, work)
    locked.put_down()


DUE_WORK: DueWorkKinds = {
    TimerKind.PAGE_STEP: _of_an_incident(due_steps.page_step),
    TimerKind.UPDATE_DUE: _of_an_incident(due_updates.update_due),
    TimerKind.CHANNEL_REPAIR: _of_an_incident(due_repairs.channel_repair),
    TimerKind.REMINDER: DoneTogether(due_reminders.reminder, subjects=Reminder),
    TimerKind.TASK_DUE: DoneTogether(due_tasks.task_due),
}

TICKING = Ticking(DUE_WORK, digest.plan_due, long_limits.held_up, long_limits.go_round)
