"""Opens a database only if it exists already.

SQLite would create a missing file, and an empty history would look correct.
"""

import os
from pathlib import Path

from sqlalchemy.engine import URL

from bot.configuration.database_url import sqlite_file
from bot.configuration.settings import SettingsError
from bot.store.database import Database


def existing(database_url: str) -> Database:
    """Open the database. Raises SettingsError if there is none, and creates nothing."""
    refuse_missing(database_url)
    return Database(database_url)


def refuse_missing(database_url: str) -> None:
    """Raise SettingsError if the database does not exist yet."""
    missing = begins_empty(database_url)
    if missing is not None:
        raise SettingsError(f"{said_of_none(missing)} If you expect a history, check DATABASE_URL.")


def said_of_none(missing: str) -> str:
    return f"There is no database in {missing}: 'python app.py migrate' creates it."


def begins_empty(database: str | URL) -> str | None:
    """Return a SQLite database's configured file if it is missing or empty, else None.

    Raises SettingsError if the file exists but cannot be used.
    """
    file = sqlite_file(database)
    if file is None:
        return None
    path = Path(file)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return file
    except OSError as error:
        raise _unusable(file, error.strerror) from None
    if path.is_dir():
        raise _unusable(file, "it is a folder")
    if not os.access(path, os.R_OK):
        raise _unusable(file, "this user may not read it")
    if not os.access(path.parent, os.W_OK | os.X_OK) and not _has_log(path):
        raise _unusable(file, "SQLite keeps a log beside it, and this user may not write there")
    return None if size else file


def _has_log(path: Path) -> bool:
    return path.with_name(f"{path.name}-wal").exists()


def _unusable(file: str, why: str | None) -> SettingsError:
    return SettingsError(f"DATABASE_URL names {file}, which cannot be used: {why}.")
