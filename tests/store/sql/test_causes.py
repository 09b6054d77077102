"""Why the database cannot be used, in a sentence: from what real servers and files say."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from bot.domain.errors import StoreUnavailable
from bot.store.database import Database
from bot.store.sql.causes import cause_of
from bot.store.tables import Limit
from playground.web.serving import bound
from tests.factories import NOON

PASSWORD = "s3cret-of-the-database"
A_LIMIT = {"team_id": "T1", "scope": "s", "blocked_until": NOON, "reason": ""}


def why(db: Database) -> str:
    """Return what is said when something is to be stored."""
    try:
        with pytest.raises(StoreUnavailable) as failed, db.transaction() as tx:
            tx.insert(Limit, A_LIMIT)
    finally:
        db.close()
    told = f"{failed.value.why} {failed.value.advice}"
    assert PASSWORD not in told
    return told


def named(url: URL, **changed: Any) -> Database:
    return Database(url.set(**changed).render_as_string(hide_password=False))


@pytest.fixture
def url(postgres: Database) -> URL:
    return postgres.url


@pytest.fixture
def poor(postgres: Database) -> Iterator[URL]:
    """Somebody who may log in and nothing else."""
    role = f"poor_{uuid4().hex[:8]}"
    with psycopg.connect(_address(postgres.url), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'".encode())
        connection.execute(f"GRANT USAGE ON SCHEMA public TO {role}".encode())
        yield postgres.url.set(username=role, password=PASSWORD)
        connection.execute(f"DROP OWNED BY {role}".encode())
        connection.execute(f"DROP ROLE {role}".encode())


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def test_there_is_no_such_database(url: URL) -> None:
    assert why(named(url, database="nosuch")).startswith("There is no database 'nosuch' on ")


def test_there_is_no_such_user(url: URL) -> None:
    assert why(named(url, username="ghost")).startswith("There is no user 'ghost' on ")


def test_no_server_answers() -> None:
    with bound("127.0.0.1", 0) as nothing_listens:
        port = nothing_listens.getsockname()[1]
    db = Database(f"postgresql://tocsin:{PASSWORD}@127.0.0.1:{port}/tocsin")
    assert why(db).startswith(f"No database server answers at 127.0.0.1:{port}. Start it")


def test_there_is_no_such_host() -> None:
    db = Database(f"postgresql://tocsin:{PASSWORD}@db.invalid/tocsin")
    assert why(db).startswith("The database's host name db.invalid cannot be found.")


def test_the_user_lacks_rights(poor: URL) -> None:
    assert why(named(poor)).startswith(f"The user '{poor.username}' lacks rights in the database")


def test_it_is_read_only(postgres: Database) -> None:
    with postgres.transaction() as tx:
        tx.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
    assert "is read-only: nothing is stored" in why(postgres)


def test_it_is_not_migrated(tmp_path: Path, url: URL) -> None:
    for db in (Database(f"sqlite:///{tmp_path}/new.sqlite3"), named(url, database="postgres")):
        assert "python app.py migrate" in why(db)


SERVERS = [
    ('FATAL:  password authentication failed for user "tocsin"', "refuses the user 'tocsin'"),
    ("fe_sendauth: no password supplied", "has none"),
    ("server does not support SSL, but SSL was required", "offers no TLS"),
    ('server certificate for "a" does not match host name "b"', "cannot be verified"),
    ("root certificate file /x does not exist", "cannot be verified"),
    (
        'FATAL:  pg_hba.conf rejects connection for host "::1", user "u", database "d", no '
        "encryption",
        "without TLS",
    ),
    (
        'FATAL:  no pg_hba.conf entry for host "::1", user "u", database "d", SSL encryption\n'
        'FATAL:  no pg_hba.conf entry for host "::1", user "u", database "d", no encryption',
        "from this machine",
    ),
    ("FATAL:  sorry, too many clients already", "no free connection"),
    ("FATAL:  the database system is starting up", "starting, stopping or recovering"),
    ("connection timeout expired", "in time"),
    ("server closed the connection unexpectedly", "ended the connection"),
    ("FATAL:  unsupported startup parameter: options", "?pooler=transaction"),
    ("something else", "cannot be used (OperationalError)"),
]
"""What PostgreSQL 15, libpq and PgBouncer said, and what is made of it."""


@pytest.mark.parametrize(("words", "expected"), SERVERS)
def test_what_a_server_says_before_there_is_a_session(words: str, expected: str) -> None:
    url = make_url(f"postgresql://tocsin:{PASSWORD}@db.example.com/tocsin")
    said = " ".join(cause_of(psycopg.OperationalError(words), url))
    assert expected in said
    assert "{" not in said
    assert PASSWORD not in said


def test_a_file_cannot_be_opened(tmp_path: Path) -> None:
    assert "cannot be opened" in why(Database(f"sqlite:///{tmp_path}/nowhere/tocsin.sqlite3"))


def test_a_file_is_locked(sqlite: Database) -> None:
    with closing(sqlite3.connect(str(sqlite.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "is locked by another program" in why(sqlite)


def test_a_file_is_damaged(sqlite: Database) -> None:
    path = Path(str(sqlite.url.database))
    sqlite.close()
    with path.open("r+b") as file:
        file.write(os.urandom(100))
    assert "is damaged. Stop the bot and restore a backup." in why(Database(f"sqlite:///{path}"))
