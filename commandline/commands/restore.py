"""Restore a SQLite backup, or prepare a database that you restored by other means."""

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.configuration.settings import Settings, read_settings
from bot.store.database import Database
from bot.store.upkeep import snapshots
from bot.store.upkeep.snapshots import Contents, NotADatabase
from commandline.commands.backup import WRONG_INPUT, Refused, checked, sqlite_file
from commandline.database import migrations
from commandline.database.existing_database import refuse_missing
from commandline.database.sole_user import sole_user

_BY_OTHERS = "restore it with 'pg_restore', then run 'app.py restore --mark-only'"
_LOOKED_UP = "The bot looks up unsent messages in Slack before it sends them: {}."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", help="a file written by 'backup'")
    what.add_argument(
        "--mark-only",
        action="store_true",
        help="for a database restored by other means (pg_restore, a snapshot): only make the bot "
        "look up every unsent message in Slack before it sends it",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="restore even if DATABASE_URL has a database, which is kept under another name",
    )
    parser.add_argument(
        "--quick", action="store_true", help="do not check the seals of the timelines"
    )


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Exit 2 if the restore is refused, 1 if the backup is unsound. Neither changes anything."""
    settings = read_settings(environment, slack_needed=False)
    try:
        # Check before locking: the lock is a file, and a refusal must create none.
        if arguments.mark_only:
            refuse_missing(settings.database_url)
        else:
            sqlite_file(settings, _BY_OTHERS)
            _refuse_backup(arguments.file)
        with sole_user(settings.database_url, create=False):
            if arguments.mark_only:
                return _marked(Database(settings.database_url))
            return _restored(settings, arguments)
    except Refused as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except NotADatabase as error:
        print(f"{arguments.file} is damaged; nothing was changed: {error}", file=sys.stderr)
        return 1


def _marked(db: Database) -> int:
    try:
        if migrations.pending(db):
            raise Refused("The database needs a migration: run 'app.py migrate', then this again.")
        with db.transaction() as tx:
            uncertain = snapshots.mark_uncertain(tx)
    finally:
        db.close()
    print(_LOOKED_UP.format(uncertain))
    return 0


def _restored(settings: Settings, arguments: argparse.Namespace) -> int:
    target = sqlite_file(settings, _BY_OTHERS)
    if target.exists():
        _refuse_target(target, arguments.file, force=arguments.force)
    copy = snapshots.partial(target)
    try:
        snapshots.copy(arguments.file, copy)
        held = checked(copy, quick=arguments.quick)
        uncertain = _made_ready(copy)
        aside = _set_aside(target)
        snapshots.put_in_place(copy, target)
    finally:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()
    _tell(target, held, uncertain, aside)
    return 0


def _refuse_backup(backup: Path) -> None:
    if not backup.is_file():
        raise Refused(f"There is no file {backup}: name one that 'backup' wrote.")
    if not os.access(backup, os.R_OK):
        raise Refused(f"{backup} cannot be read: this user lacks the permission.")


def _refuse_target(target: Path, backup: Path, *, force: bool) -> None:
    if target.samefile(backup):
        raise Refused(f"{backup} is the database itself: name a file that 'backup' wrote.")
    if snapshots.is_in_use(target):
        raise Refused(f"Another process has {target} open: stop the bot first.")
    if not force:
        raise Refused(
            f"There is a database at {target}. With --force it is kept under another name and "
            "the backup takes its place."
        )


def _made_ready(copy: Path) -> int:
    db = Database(f"sqlite:///{copy}")
    try:
        if not migrations.knows(db):
            raise NotADatabase("it was written by a newer release; restore it with that one")
        migrations.migrate(db)
        with db.transaction() as tx:
            return snapshots.mark_uncertain(tx)
    finally:
        db.close()


def _set_aside(target: Path) -> Path | None:
    """Move the old database aside with its log, because its content may still be needed."""
    aside = target.with_name(f"{target.name}.before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    parts = [
        (target.with_name(target.name + suffix), aside.with_name(aside.name + suffix))
        for suffix in ("-wal", "-shm", "")
    ]
    there = [(part, kept) for part, kept in parts if part.exists()]
    for part, kept in there:
        part.rename(kept)
    return aside if there else None


def _tell(target: Path, held: Contents, uncertain: int, aside: Path | None) -> None:
    print(
        f"Restored to {target}. Escalations: {held.incidents}. Timeline entries: {held.entries}.\n"
        + _LOOKED_UP.format(uncertain)
    )
    if aside is not None:
        print(f"The old database is kept as {aside}.")
    print(
        "The backup lacks what happened after it: tell the teams, and go through the open "
        "escalations. Now start the bot: 'app.py serve'."
    )
