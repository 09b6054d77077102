"""The async shell: each request from Slack becomes one service call and one answer."""

from handlers.registration import register
from handlers.shell import Shell

__all__ = ["Shell", "register"]
