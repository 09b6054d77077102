"""Numbers on the command line that make no sense are explained by argparse, with status 2."""

import argparse
import math

LEAST_SECONDS, MOST_SECONDS = 0.1, 3_600.0


def seconds(text: str) -> float:
    """Read a length of time in seconds."""
    try:
        length = float(text)
    except ValueError:
        length = math.nan
    if not LEAST_SECONDS <= length <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(
            f"'{text[:20]}' is not a number of seconds from {LEAST_SECONDS} to {MOST_SECONDS:.0f}"
        )
    return length


def port(text: str) -> int:
    """Read the number of a port; 0 lets the system choose, or means none is given."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is not a number from 0 to 65535")
    return int(text)
