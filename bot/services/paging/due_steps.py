"""Due work: a step of a ladder passed, and no responder acknowledged in time."""

from bot.domain.staleness import Change
from bot.policy import Policy
from bot.services.locked import LockedIncident
from bot.services.paging import runs
from bot.services.staleness import keep_true_of
from bot.store.duework.timers import DueWork


def page_step(locked: LockedIncident, policy: Policy, work: DueWork) -> None:
    if runs.step_due(locked, policy, work.subject, work.due_at):
        keep_true_of(locked, Change.WENT_ON, work.subject)
