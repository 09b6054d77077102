"""Print one escalation, or all, as JSON: everything stored, including restricted ones."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from bot.configuration.settings import read_settings
from bot.services.incidents import export
from commandline.arguments import reference
from commandline.database.existing_database import existing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reference", type=reference, nargs="?", help="ESC-12 (default: all escalations)"
    )


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Write one JSON object per line, the oldest incident first."""
    settings = read_settings(environment, slack_needed=False)
    number: int | None = arguments.reference
    db = existing(settings.database_url)
    found = 0
    try:
        for record in export.records(db, number):
            _write(record)
            found += 1
    finally:
        db.close()
    if number is not None and not found:
        print(f"There is no ESC-{number} in this database.", file=sys.stderr)
        return 2
    return 0


def _write(record: Mapping[str, Any]) -> None:
    print(json.dumps(record, ensure_ascii=False, default=str))
