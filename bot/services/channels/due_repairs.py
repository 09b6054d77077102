"""Due work: try again to make an escalation's channel."""

from bot.policy import Policy
from bot.services.channels import channel
from bot.services.locked import LockedIncident
from bot.store.duework.timers import DueWork


def channel_repair(locked: LockedIncident, _policy: Policy, _work: DueWork) -> None:
    channel.repair_due(locked)
