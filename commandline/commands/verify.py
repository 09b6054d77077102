"""Check that no timeline was altered, and that every escalation matches its timeline."""

import argparse
from collections.abc import Mapping

from bot.configuration.settings import read_settings
from bot.services.incidents import export
from commandline.database.existing_database import existing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command takes no arguments."""


def run(_arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Print what is wrong with each escalation, and exit 1 if anything is."""
    settings = read_settings(environment, slack_needed=False)
    db = existing(settings.database_url)
    try:
        checked, broken = export.verify(db)
    finally:
        db.close()
    for flaw in broken:
        print(f"{flaw.reference}: {flaw.what}")
    if broken:
        print(f"{len(broken)} flaws in {checked} escalations.")
        return 1
    print(f"{checked} escalations match their timelines, and none is missing.")
    return 0
