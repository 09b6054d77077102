"""The dashes that keyboards and word processors put in place of `-`."""

import re

DASHES = "\u2010-\u2015\u2212"
"""Hyphens, dashes and the minus sign, for a character class. `-` itself is not included."""

DASH_IN_FRONT = re.compile(rf"^[-{DASHES}:]+\s+")
"""Matches a dash or colon that stands alone between a name and the text after it."""
