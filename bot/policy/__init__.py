"""The escalation policy: `escalation.toml`, validated, as frozen objects."""

from bot.domain.errors import PolicyError
from bot.policy.loading import load
from bot.policy.model import (
    Category,
    ChannelRule,
    DigestRule,
    FallbackRule,
    LadderRule,
    LadderStep,
    Policy,
    RoleRules,
    SeverityRule,
    TeamRule,
)

__all__ = [
    "Category",
    "ChannelRule",
    "DigestRule",
    "FallbackRule",
    "LadderRule",
    "LadderStep",
    "Policy",
    "PolicyError",
    "RoleRules",
    "SeverityRule",
    "TeamRule",
    "load",
]
