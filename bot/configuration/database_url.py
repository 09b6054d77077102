"""DATABASE_URL: which databases there are, and how one is named without its password."""

from urllib.parse import urlencode

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DEFAULT = "sqlite:///tocsin.sqlite3"
HIGHEST_PORT = 65_535
_SHOWN_OPTIONS = ("host", "port")
"""Where a server is. Any other option may hold a secret, as `password` and `sslpassword` do."""


def problem_with(text: str) -> str | None:
    """Return what is wrong with it, to follow its name in a sentence; None where nothing is.

    None of it is quoted: what is wrong is often the password.
    """
    if not text.strip():
        return (
            "is empty: set it to the database, such as 'sqlite:///tocsin.sqlite3' or "
            "'postgresql://user:password@host/database', or remove the line."
        )
    if text.startswith("postgresql") and text.count("@") > 1:
        # The address would begin at the first one, and be printed with the rest of the password.
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
    """Tell whether it names a SQLite file, without options, or a PostgreSQL server."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return False
    if "\x00" in text:
        return False
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        # In memory every restart would lose everything, and each connection has one of its own.
        return url.database not in (None, "", ":memory:") and not (url.host or url.query)
    return url.get_backend_name() == "postgresql" and (url.port or 0) <= HIGHEST_PORT


def shown(database: str | URL) -> str:
    """Name a database to a person: its file, or where its server is and who asks it."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    options = {name: url.query[name] for name in _SHOWN_OPTIONS if name in url.query}
    plain = url.set(drivername="postgresql", query={})
    where = f"?{urlencode(options, doseq=True, safe='/')}" if options else ""
    return plain.render_as_string() + where


def sqlite_file(database: str | URL) -> str | None:
    """Return a SQLite database's file, as it is configured; None for a server."""
    url = make_url(database)
    return (url.database or None) if url.get_backend_name() == "sqlite" else None
