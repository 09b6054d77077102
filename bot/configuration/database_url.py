"""DATABASE_URL: which databases Tocsin accepts, and how to show one without its password."""

from urllib.parse import urlencode

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DEFAULT = "sqlite:///tocsin.sqlite3"
HIGHEST_PORT = 65_535
_SHOWN_OPTIONS = ("host", "port")
"""Options that say where a server is. Any other may hold a secret, such as `sslpassword`."""


def problem_with(text: str) -> str | None:
    """Return what is wrong with the value, worded to follow the setting's name; None if it is fine.

    The text quotes nothing of the value: the mistake is often in the password.
    """
    if not text.strip():
        return (
            "is empty: set it to the database, such as 'sqlite:///tocsin.sqlite3' or "
            "'postgresql://user:password@host/database', or remove the line."
        )
    if text.startswith("postgresql") and text.count("@") > 1:
        # The host would begin after the first one, and logs would show the rest of the password.
        return "has more than one '@': in the user and the password, write '%40' for '@'."
    if _names_odd_pooler(text):
        return "has an option 'pooler' that is not understood: the only one is 'transaction'."
    if not _is_understood(text):
        return (
            "is not understood: it must be like 'sqlite:///tocsin.sqlite3' (a file: a database in "
            "memory would be lost at each restart) or 'postgresql://user:password@host/database'."
        )
    return None


def _names_odd_pooler(text: str) -> bool:
    try:
        named = make_url(text).query.get("pooler", "transaction")
    except (ArgumentError, ValueError):
        return False
    return named != "transaction"


def _is_understood(text: str) -> bool:
    """Tell whether the value names a SQLite file, without options, or a PostgreSQL server."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return False
    if "\x00" in text:
        return False
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        # A database in memory is lost at each restart, and each connection has its own.
        return url.database not in (None, "", ":memory:") and not (url.host or url.query)
    return url.get_backend_name() == "postgresql" and (url.port or 0) <= HIGHEST_PORT


def shown(database: str | URL) -> str:
    """Return a database's name for people: its file, or its server and user, without secrets."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    options = {name: url.query[name] for name in _SHOWN_OPTIONS if name in url.query}
    plain = url.set(drivername="postgresql", query={})
    where = f"?{urlencode(options, doseq=True, safe='/')}" if options else ""
    return plain.render_as_string() + where


def sqlite_file(database: str | URL) -> str | None:
    """Return the file of a SQLite database as configured; None for a server."""
    url = make_url(database)
    return (url.database or None) if url.get_backend_name() == "sqlite" else None
