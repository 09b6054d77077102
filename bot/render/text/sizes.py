"""Slack's size limits. Text lengths are in code points of the escaped text."""

BLOCKS_IN_MESSAGE = 50
MESSAGE = 9_600
"""Most characters of a message's blocks, counting `BLOCK` for each; source: `slack_rules`."""
BLOCK = 100
BLOCKS_IN_VIEW = 100
PLAIN_TEXT = 1_000
SECTION = 3_000
FIELD = 2_000
FIELDS = 10
HEADER = 150
BUTTON = 75
BUTTON_VALUE = 2_000
OPTION = 75
OPTIONS = 100
CHECKBOXES = 10
CONTEXT = 2_000
LABEL = 2_000
PLACEHOLDER = 150
TITLE = 24
TYPED = 3_000
