"""Migrate the database to the newest schema. Safe to repeat and beside the previous release."""

import argparse
from collections.abc import Mapping

from bot.configuration.settings import read_settings
from bot.store.database import Database
from commandline.database import migrations
from commandline.database.existing_database import begins_empty, said_of_none
from commandline.database.sole_user import sole_user


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="only check whether a migration is pending"
    )


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Migrate, or with --check only exit 1 if a migration is pending."""
    settings = read_settings(environment, slack_needed=False)
    if arguments.check:
        return _checked(settings.database_url)
    with sole_user(settings.database_url, create=True):
        _migrated(Database(settings.database_url))
    return 0


def _checked(database_url: str) -> int:
    missing = begins_empty(database_url)
    if missing is not None:
        print(said_of_none(missing))
        return 1
    db = Database(database_url)
    try:
        needed = migrations.pending(db)
    finally:
        db.close()
    print("The database needs a migration." if needed else "The database is up to date.")
    return 1 if needed else 0


def _migrated(db: Database) -> None:
    try:
        migrations.migrate(db)
        known = migrations.knows(db)
    finally:
        db.close()
    if known:
        print("The database is up to date.")
    else:
        print("A newer release has migrated the database. This one runs on it: nothing to do.")
