"""Print the version and the commit."""

import argparse
from collections.abc import Mapping

from bot.configuration import release


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command takes no arguments."""


def run(_arguments: argparse.Namespace, _environment: Mapping[str, str]) -> int:
    print(in_words())
    return 0


def in_words() -> str:
    return f"Tocsin {release.version()} (commit {release.commit()})"
