"""Slack's sizes that texts are cut to, in code points of the escaped text."""

BLOCKS_IN_MESSAGE = 50
MESSAGE = 9_600
"""The characters of all blocks of a message, and `BLOCK` for each; `slack_rules` has the source."""
BLOCK = 100
BLOCKS_IN_VIEW = 100
FALLBACK_TEXT = 1_000
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
