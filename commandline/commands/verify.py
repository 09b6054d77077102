"""Check that no timeline was altered, and that every escalation matches its timeline."""

import argparse
from collections.abc import Mapping

from bot.configuration.settings import read_settings
from bot.services.incidents import export
from commandline.database.existing_database import existing
from commandline.terminal import counted


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
        print(f"{counted(len(broken), 'flaw')} in {counted(checked, 'escalation')}.")
        return 1
    match = "matches its timeline" if checked == 1 else "match their timelines"
    print(f"{counted(checked, 'escalation')} {match}, and none is missing.")
    return 0
