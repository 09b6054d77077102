"""The async shell: what Slack sends → one service call → an answer."""

from handlers.registration import register
from handlers.shell import Shell

__all__ = ["Shell", "register"]
