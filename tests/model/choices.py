"""What people may type and send, how Slack may fail, and how much time may pass."""

from typing import Any

from bot.domain.controls import Form
from playground.web.faults import FaultKind

COMMANDS = (
    "update {esc} still looking",
    "status {esc} investigating looking",
    "severity {esc} p0 it is worse",
    "severity {esc} p3 it was little",
    "assign {esc} @tom",
    "page {esc} pr please read",
    "page {esc} @tom please read",
    "note {esc} somebody called",
    "task {esc} @tom in 2h draft it",
    "done {esc}",
    "ack {esc}",
    "ack",
    "handover {esc} pr please go on",
    "decline {esc} not ours",
    "reopen {esc} it is back",
    "resolve {esc}",
    "close {esc}",
    "duplicate {esc} of ESC-1",
    "remind {esc} in 30m look again",
)
WRITTEN = ("{}", "*{}*", "`{}`", "({}).", "\u201c{}\u201d:", "{}x", "")
"""Ways to write a reference. `ESC-1x` is no reference, and '' means the current channel."""
FORMS: dict[str, dict[str, Any]] = {
    Form.CANNOT_TAKE: {"why": "on a plane"},
    Form.HAND_OVER: {"person": "U0TOM", "summary": "read so far"},
    Form.RESOLVE: {"root_cause": "process", "note": "gone"},
    Form.REOPEN: {"why": "it is back"},
}
POSTS = ("chat.postMessage", "chat.update")
METHODS = (*POSTS, "conversations.create", "conversations.invite", "pins.add")
FAULTS = (
    FaultKind.HTTP_500,
    FaultKind.HTTP_500_STORED,
    FaultKind.FATAL_ERROR_STORED,
    FaultKind.RESET,
    FaultKind.RESET_STORED,
    FaultKind.HANG,
    FaultKind.HANG_STORED,
    FaultKind.RATE_LIMITED,
)
MINUTES = (1, 6, 16, 35, 125, 26 * 60, 8 * 24 * 60)
