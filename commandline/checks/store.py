"""Checks that the database is reachable, migrated and has room. It creates no file."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.configuration.database_url import shown
from bot.configuration.settings import SettingsError
from bot.domain.errors import StoreUnavailable
from bot.store.database import Database
from bot.store.sql.causes import NOT_MIGRATED, cause_of
from bot.store.upkeep import storage_check
from commandline.checks.findings import Finding, fail, ok, warn
from commandline.database import migrations
from commandline.database.existing_database import begins_empty

CHECK = "database"


def database_findings(url: str, now: datetime) -> Iterator[Finding]:
    """Check the database in the way the bot uses it."""
    db = Database(url)
    try:
        absent = _absent(db)
        if absent is not None:
            yield absent
            return
        yield from _stored(db, now)
    except (StoreUnavailable, SQLAlchemyError) as error:
        why, advice = _cause(db, error)
        yield fail(CHECK, why, advice)
    finally:
        db.close()


def _absent(db: Database) -> Finding | None:
    """Report a missing SQLite file before it is opened, because opening would create it."""
    try:
        missing = begins_empty(db.url)
    except SettingsError as error:
        return fail(
            CHECK, str(error).removesuffix("."), "Correct DATABASE_URL, or the permissions."
        )
    if missing is None:
        return None
    path = Path(missing)
    if not os.access(path.parent, os.W_OK):
        return fail(
            CHECK,
            f"{path} does not exist, and nothing can be written to its folder",
            "Create the folder, or give the user that runs the bot the right to write there.",
        )
    return fail(CHECK, f"{path} does not exist yet, or is empty", NOT_MIGRATED.advice)


def _stored(db: Database, now: datetime) -> Iterator[Finding]:
    if migrations.pending(db):
        yield fail(CHECK, *NOT_MIGRATED)
        return
    yield ok(CHECK, f"{shown(db.url)} answers and is up to date")
    try:
        storage_check.try_room(db, now)
    except (StoreUnavailable, SQLAlchemyError) as error:
        why, advice = _cause(db, error)
        yield fail(CHECK, f"a trial write failed. {why}", advice)
    else:
        yield ok(CHECK, "it has room for an escalation: a trial write was stored and removed")
    if storage_check.is_nearly_full(db):
        yield fail(
            CHECK,
            f"the disk under {shown(db.url)} is nearly full",
            "Make room: once it is full, no escalation can be opened.",
        )
    yield from file_findings(db.url.render_as_string(hide_password=False))


def file_findings(url: str) -> Iterator[Finding]:
    """Warn if other users can read the file: it also holds restricted escalations."""
    parsed = make_url(url)
    path = Path(parsed.database or "")
    if parsed.get_backend_name() != "sqlite" or not path.is_file():
        return
    if path.stat().st_mode & 0o007:
        yield warn(
            CHECK,
            f"every user of this machine may read {path}",
            f"Remove that permission: chmod o-rwx {path}",
        )


def _cause(db: Database, error: Exception) -> tuple[str, str]:
    """Cause and advice, in the words of every other command."""
    if isinstance(error, StoreUnavailable):
        return error.why, error.advice
    return cause_of(error, db.url)
