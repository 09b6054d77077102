"""The dashes that keyboards and word processors put in the place of `-`."""

import re

DASHES = "\u2010-\u2015\u2212"
"""Between the brackets of a pattern: hyphens, dashes, the minus sign; `-` itself is not in it."""

DASH_IN_FRONT = re.compile(rf"^[-{DASHES}:]+\s+")
"""A dash or colon that stands alone parts a name from the text behind it."""
