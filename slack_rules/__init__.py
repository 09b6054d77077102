"""Slack's rules: a table-driven check of outgoing payloads, and Slack's mrkdwn.

This package imports neither the bot nor the playground. Both use it.
"""

from slack_rules.check import Surface
from slack_rules.manifest import check_manifest
from slack_rules.payloads import (
    check_blocks,
    check_message,
    check_view,
    interactive_elements,
    message_size,
)
from slack_rules.problem import Problem

__all__ = [
    "Problem",
    "Surface",
    "check_blocks",
    "check_manifest",
    "check_message",
    "check_view",
    "interactive_elements",
    "message_size",
]
