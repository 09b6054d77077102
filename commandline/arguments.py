"""Parsers for command-line values. argparse explains a bad value and exits with status 2."""

import argparse
import math

from bot.configuration.settings import is_public_address
from bot.domain.errors import BadInput
from bot.domain.ids import parse_reference

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


def replicas(text: str) -> int:
    """Read how many bots to run, from 1 to 9."""
    if not (text in "123456789" and len(text) == 1):
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is not a number from 1 to 9")
    return int(text)


def port(text: str) -> int:
    """Read a port number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is not a number from 1 to 65535")
    return int(text)


def reference(text: str) -> int:
    """Read the number of an escalation from a reference such as `ESC-12`."""
    try:
        return parse_reference(text)
    except BadInput:
        raise argparse.ArgumentTypeError(
            f"'{text[:20]}' is not a reference such as ESC-12"
        ) from None


def public_address(text: str) -> str:
    """Read the address where Slack reaches the bot."""
    if not is_public_address(text):
        raise argparse.ArgumentTypeError(
            f"'{text[:100]}' is not an address such as https://tocsin.example.com"
        )
    return text.rstrip("/")
