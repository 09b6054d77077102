"""Turns a database driver's error into a sentence that says why, and advice on what to do.

`serve`, `migrate` and `doctor` all use these words. The driver's own text is never shown: it may
hold values that were being stored, or part of an address with a password in it.
"""

import re
import sqlite3
from typing import NamedTuple

import psycopg
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_POSTGRES_PORT = 5432


class Cause(NamedTuple):
    """What is wrong and what to do. `{server}`, `{user}`, `{database}` and `{host}` stand for the
    parts of DATABASE_URL; for SQLite, `{database}` is the file."""

    why: str
    advice: str


NOT_MIGRATED = Cause(
    "The database is not migrated: it lacks something that this release needs.",
    "Run 'python app.py migrate', or start with 'python app.py serve --migrate'.",
)
_ELSE = Cause(
    "The database cannot be used ({kind}).",
    "Check DATABASE_URL, that the server runs, and that its disk has room.",
)
UNUSABLE = Cause("The database cannot be used.", _ELSE.advice)
LOOK_AT_THE_SERVER = UNUSABLE.advice
FILE_GONE = Cause(
    "The database file was deleted, moved, replaced, overwritten or truncated while this process "
    "used it.",
    "Put it back, or stop this process first.",
)
_BUSY = Cause(
    "All of this process's connections to the database are in use.",
    "Check how fast the database answers.",
)

# Errors from before the session begins, from the server or the network. They have no code, only
# words.
_CONNECTING = (
    (
        "unsupported startup parameter",
        "A pooler stands before the database and refuses this bot's connection options.",
        "Behind PgBouncer, add ?pooler=transaction to DATABASE_URL.",
    ),
    (
        "password authentication failed",
        "The database server {server} refuses the user '{user}' or the password.",
        "Check the user and the password in DATABASE_URL.",
    ),
    (
        "no password supplied",
        "The database server {server} asks for a password, and DATABASE_URL has none.",
        "Write it as postgresql://user:password@host/database.",
    ),
    (
        r'database "[^"]*" does not exist|no such database',
        "There is no database '{database}' on {server}.",
        "Create it, or correct DATABASE_URL.",
    ),
    (
        r'role "[^"]*" does not exist',
        "There is no user '{user}' on {server}.",
        "Create it, or correct DATABASE_URL.",
    ),
    (
        "does not support SSL",
        "The database server {server} offers no TLS, and DATABASE_URL asks for it.",
        "Turn on TLS in the server, or remove sslmode from DATABASE_URL.",
    ),
    (
        "certificate",
        "The TLS certificate of the database server {server} cannot be verified.",
        "Check sslmode and sslrootcert in DATABASE_URL, and that the certificate names this host.",
    ),
    (
        r"pg_hba\.conf[^\n]* SSL encryption",
        "The database server {server} does not let the user '{user}' in from this machine.",
        "Allow it in the server's pg_hba.conf.",
    ),
    (
        r"pg_hba\.conf[^\n]* no encryption",
        "The database server {server} does not let the user '{user}' in without TLS.",
        "Add ?sslmode=require to DATABASE_URL, or allow it in the server's pg_hba.conf.",
    ),
    (
        "pg_hba",
        "The database server {server} does not let the user '{user}' in from this machine.",
        "Allow it in the server's pg_hba.conf.",
    ),
    (
        "resolve host|translate host name",
        "The database's host name {host} cannot be found.",
        "Check DATABASE_URL and this machine's DNS.",
    ),
    (
        "too many clients|remaining connection slots|no more connections",
        "The database server {server} has no free connection.",
        "Raise its max_connections: each process of the bot takes up to 18.",
    ),
    (
        "starting up|shutting down|recovery mode|not yet accepting",
        "The database server {server} is starting, stopping or recovering.",
        "Wait until it is ready; its own log says more.",
    ),
    (
        "refused|No such file or directory|not accepting connections",
        "No database server answers at {server}.",
        "Start it, or correct host and port in DATABASE_URL.",
    ),
    (
        "time(d )?out|unreachable|No route",
        "The database server {server} does not answer in time.",
        "Check that it runs, and the network and firewalls between.",
    ),
    (
        "closed|terminat|lost|reset|consuming input|EOF",
        "The database server {server} ended the connection.",
        "Check that it runs; its own log says why.",
    ),
)

# By the first letters of the error code. Longer ones come first.
_CODES = (
    ("42P01", *NOT_MIGRATED),
    ("42703", *NOT_MIGRATED),
    (
        "42501",
        "The user '{user}' lacks rights in the database '{database}'.",
        "Let it own the tables and their schema.",
    ),
    (
        "XX001",
        "Data of the database '{database}' is damaged.",
        "Read the server's own log, and restore a backup.",
    ),
    (
        "XX002",
        "An index of the database '{database}' is damaged.",
        "Run REINDEX DATABASE, then restart the bot.",
    ),
    (
        "25006",
        "The database on {server} is read-only: nothing is stored.",
        "It may be a standby: check DATABASE_URL, and where the primary is.",
    ),
    (
        "53100",
        "The disk of the database server {server} is full: nothing is stored.",
        "Make room.",
    ),
    (
        "53300",
        "The database server {server} has no free connection.",
        "Raise its max_connections: each process of the bot takes up to 18.",
    ),
    (
        "58",
        "The database server {server} cannot read or write its files.",
        "Check its disk; its own log says more.",
    ),
    (
        "55P03",
        "The database is locked: another transaction holds what this one needs.",
        "If this lasts, look for a long transaction in pg_stat_activity.",
    ),
    (
        "57",
        "The database server {server} ended the connection.",
        "Check that it runs; its own log says why.",
    ),
)

_SQLITE = (
    ("no such table|no such column", *NOT_MIGRATED),
    ("full", "The disk of {database} is full: nothing is stored.", "Make room."),
    (
        "readonly",
        "The database file {database} is read-only: nothing is stored.",
        "Give the user that runs the bot the right to write to it and to its folder.",
    ),
    (
        "malformed|not a database",
        "The database file {database} is damaged.",
        "Stop the bot and restore a backup.",
    ),
    (
        "unable to open",
        "The database file {database} cannot be opened.",
        "Check that its folder exists, and that the user that runs the bot may write there.",
    ),
    (
        "locked|busy",
        "The database file {database} is locked by another program.",
        "Find out which: 'fuser -v' lists the programs that have it open.",
    ),
    (
        "disk i/o",
        "The disk of {database} cannot be read or written.",
        "Check the disk and the system's log.",
    ),
)


def cause_of(error: BaseException, url: URL) -> Cause:
    """Return why the database cannot be used; an unknown error is named by its class."""
    if isinstance(error, PoolTimeout):
        return _BUSY
    cause = error.orig if isinstance(error, DBAPIError) else error
    found = _found(cause)
    host = _host(url)
    names = {
        "kind": type(cause).__name__,
        "host": host,
        "server": host if host.startswith("/") else f"{host}:{url.port or _POSTGRES_PORT}",
        "user": url.username or "",
        "database": url.database or "",
    }
    return Cause(*(said.format(**names) for said in found))


def is_unmigrated(error: BaseException | None) -> bool:
    """Tell whether a statement named a table or a column that does not exist."""
    return _found(error) == NOT_MIGRATED


def _found(error: BaseException | None) -> Cause:
    if isinstance(error, sqlite3.DatabaseError):
        return _by_words(_SQLITE, str(error))
    code = error.sqlstate if isinstance(error, psycopg.Error) else None
    if code is None:
        return _by_words(_CONNECTING, str(error))
    known = (Cause(*said) for start, *said in _CODES if code.startswith(start))
    return next(known, _ELSE)


def _by_words(table: tuple[tuple[str, str, str], ...], text: str) -> Cause:
    known = (Cause(*said) for words, *said in table if re.search(words, text, re.IGNORECASE))
    return next(known, _ELSE)


def _host(url: URL) -> str:
    host = url.host or url.query.get("host") or "/var/run/postgresql"
    return host if isinstance(host, str) else ",".join(host)
