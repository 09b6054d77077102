"""Write a checked copy of the SQLite database to a file, while the bot runs."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.configuration import database_url
from bot.configuration.settings import Settings, read_settings
from bot.services.incidents import export
from bot.store.database import Database
from bot.store.upkeep import snapshots
from bot.store.upkeep.snapshots import Contents, NotADatabase
from commandline.database import migrations
from commandline.database.existing_database import refuse_missing

WRONG_INPUT = 2


class Refused(Exception):
    """The backup was refused. The text says why, and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="where to write it; the folder must exist")
    parser.add_argument("--force", action="store_true", help="replace an existing file")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="check the file, but not the seals of the timelines (for very long histories)",
    )


def run(arguments: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Exit 2 if the backup is refused, 1 if the copy is unsound. Neither leaves a file."""
    try:
        source = _source(read_settings(environment, slack_needed=False))
        _refuse_target(arguments.file, source, force=arguments.force)
        held, size = _written(source, arguments.file, quick=arguments.quick)
    except Refused as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except NotADatabase as error:
        print(f"The copy is damaged and was removed: {error}", file=sys.stderr)
        return 1
    print(
        f"Written to {arguments.file} ({size / 1_048_576:.1f} MB). Escalations: {held.incidents}. "
        f"Timeline entries: {held.entries}. Unsent messages: {held.unsent}."
    )
    return 0


def sqlite_file(settings: Settings, otherwise: str) -> Path:
    """Return the SQLite database's file. Raises Refused for PostgreSQL, which has own tools."""
    file = database_url.sqlite_file(settings.database_url)
    if file is None:
        raise Refused(
            f"DATABASE_URL names a PostgreSQL database: {otherwise} "
            "(docs/how-to/back-up-and-restore.md)."
        )
    return Path(file)


def _source(settings: Settings) -> Path:
    source = sqlite_file(settings, "use 'pg_dump --format=custom'")
    refuse_missing(settings.database_url)
    return source


def _refuse_target(target: Path, source: Path, *, force: bool) -> None:
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}: create it first.")
    if target.is_dir():
        raise Refused(f"{target} is a folder: name a file in it.")
    if target.exists() and target.samefile(source):
        raise Refused(f"{target} is the database itself: name another file.")
    if target.exists() and not force:
        raise Refused(f"{target} exists already: name another file, or add --force.")


def _written(source: Path, target: Path, *, quick: bool) -> tuple[Contents, int]:
    copy = snapshots.partial(target)
    try:
        snapshots.copy(source, copy)
        held = checked(copy, quick=quick)
        snapshots.put_in_place(copy, target)
    finally:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()
    return held, target.stat().st_size


def checked(path: Path, *, quick: bool) -> Contents:
    """Return what a copy holds. Raises NotADatabase if it is damaged, foreign or altered."""
    snapshots.check(path)
    db = Database(f"sqlite:///{path}")
    try:
        if migrations.revision(db) is None:
            raise NotADatabase("it has no schema of Tocsin")
        flaws = [] if quick else export.verify_seals(db)[1]
        if flaws:
            raise NotADatabase(f"{flaws[0].reference}: {flaws[0].what}")
        with db.reading() as tx:
            return snapshots.contents(tx)
    finally:
        db.close()
